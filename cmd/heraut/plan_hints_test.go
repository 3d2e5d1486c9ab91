package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

// TestPlansWarnOfWhatTheyNeed warns of what stands in the way of this plan, and
// of nothing else.
func TestPlansWarnOfWhatTheyNeed(t *testing.T) {
	always := []string{"public_url", "engine", "database", "content_token"}
	checks := slices.Concat(always, []string{"mail_route", "push_certificate_alert", "push_certificate_mdm", "mdm", "notifications"})
	for name, c := range map[string]struct {
		by    client.ByChannel
		needs []string
	}{
		"mail":  {client.ByChannel{Mail: 1}, []string{"mail_route"}},
		"alert": {client.ByChannel{Alert: 1}, []string{"push_certificate_alert"}},
		"mdm":   {client.ByChannel{Mdm: 1}, []string{"push_certificate_mdm", "mdm"}},
	} {
		t.Run(name, func(t *testing.T) {
			var p planned
			p.Invitations, p.ByChannel = 1, c.by
			var needs []string
			for _, check := range checks {
				if p.needs(check) {
					needs = append(needs, check)
				}
			}
			require.Equal(t, slices.Concat(always, c.needs), needs)
		})
	}
	require.False(t, planned{}.needs("engine"), "nobody is invited")
}
