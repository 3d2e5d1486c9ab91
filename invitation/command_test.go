package invitation

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestVerdict evaluates both keys of a device's answer.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		status, result string
		want           Verdict
	}{
		{"Acknowledged", "Acknowledged", VerdictShown},
		{"Acknowledged", "InvalidProgramID", VerdictRefused},
		{"Acknowledged", "InvalidInvitationURL", VerdictRefused},
		{"Acknowledged", "SomethingNew", VerdictRefused},
		{"Acknowledged", "", VerdictUnclear},
		{"Error", "", VerdictRefused},
		{"Error", "Acknowledged", VerdictRefused},
		{"Error", "InvalidInvitationURL", VerdictRefused},
		{"CommandFormatError", "", VerdictRefused},
		{"NotNow", "", VerdictNotNow},
		{"NotNow", "Acknowledged", VerdictNotNow},
		{"Idle", "", VerdictNone},
		{"Idle", "Acknowledged", VerdictNone},
		{"", "InvalidProgramID", VerdictRefused},
		{"", "", VerdictNone},
		{"acknowledged", "Acknowledged", VerdictNone},
	} {
		require.Equal(t, c.want, Report{Status: c.status, Result: c.result}.Verdict(), "%q and %q", c.status, c.result)
	}
}

func TestReportInALine(t *testing.T) {
	for want, r := range map[string]Report{
		"Acknowledged": {Status: "Acknowledged", Result: "Acknowledged"},
		"NotNow":       {Status: "NotNow"},
		"Acknowledged, InvitationResult InvalidProgramID":   {Status: "Acknowledged", Result: "InvalidProgramID"},
		"Error: Unknown command (12021, MCMDMErrorDomain).": {Status: "Error", Words: "Unknown\n command\x00 (12021, MCMDMErrorDomain)."},
	} {
		require.Equal(t, want, r.Answer())
	}
	long := Report{Status: strings.Repeat("S", 1000), Result: "\xff", Words: strings.Repeat("é", 1000)}
	for _, text := range []string{long.Answer(), long.Clean().Words} {
		require.LessOrEqual(t, len(text), 500)
		require.True(t, utf8.ValidString(text))
	}
	require.Len(t, long.Clean().Status, 64)
	require.Equal(t, "?", long.Clean().Result)
}
