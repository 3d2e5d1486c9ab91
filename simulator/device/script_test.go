package devicesim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

func TestScriptIsPlayed(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	script, err := devicesim.ReadScript(strings.NewReader(`{"devices":[
		{"serial_number":"S1","udid":"U1","behaviour":{"setup":true},"profile":"` + s.http.URL + `/enroll/page/` + s.scep.challenge() + `",
			"then":[{"after_seconds":1,"do":"finish_setup"},{"do":"renew_tokens"},{"do":"reenroll"},{"do":"send_tokens"},{"after_seconds":1,"do":"check_out"}]},
		{"serial_number":"S2","platform":"macos","user":{"short_name":"els"},"code":"` + s.scep.challenge() + `","then":[{"do":"remove"},{"do":"renew_tokens"}]}]}`))
	require.NoError(t, err)
	require.NoError(t, f.Play(t.Context(), script, s.http.URL+"/enroll/code"))
	// A device that enrolls again, or is on its way out, is not enrolled either:
	// what counts is what the server heard.
	var told []string
	require.Eventually(t, func() bool {
		told = nil
		for _, m := range s.heard("UDID", "U1") {
			told = append(told, m.text("MessageType"))
		}
		return slices.Contains(told, "CheckOut")
	}, patient, interval)
	require.Eventually(t, func() bool { return !f.Find("S1").Enrolled() && !f.Find("S2").Enrolled() }, patient, interval)
	require.Equal(t, []string{"Authenticate", "TokenUpdate", "TokenUpdate", "Authenticate", "TokenUpdate", "TokenUpdate", "CheckOut"}, told)
	require.NoError(t, f.Play(t.Context(), script, ""), "they are there already")
	require.Len(t, f.Devices(), 2)
}

func TestScriptOfSeveral(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	script := devicesim.Script{Devices: []devicesim.Role{{Count: 3}}}
	require.ErrorContains(t, f.Play(t.Context(), script, s.http.URL+"/enroll/profile/"+s.scep.challenge()), "refuses", "a challenge works once")
	require.Len(t, f.Devices(), 1)
	require.True(t, f.Devices()[0].Enrolled())
}

func TestScriptGoesOnAfterAKill(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	require.NoError(t, f.Restore([]byte(`[{"options":{"serial_number":"S1","udid":"U1"}}]`)), "it was added, and no more")
	script := devicesim.Script{Devices: []devicesim.Role{{Options: devicesim.Options{SerialNumber: "S1"}}}}
	require.NoError(t, f.Play(t.Context(), script, s.http.URL+"/enroll/profile/"+s.scep.challenge()))
	require.Len(t, f.Devices(), 1)
	require.Len(t, s.heard("UDID", "U1"), 2)
}

func TestScriptsThatMakeNoSense(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":       `{`,
		"unknown field": `{"devices":[{"mood":"bad"}]}`,
		"device":        `{"devices":[{"platform":"newton"}]}`,
		"behaviour":     `{"devices":[{"behaviour":{"not_now":-1}}]}`,
		"count":         `{"devices":[{"count":-1}]}`,
		"twins":         `{"devices":[{"count":2,"udid":"U1"}]}`,
		"act":           `{"devices":[{"then":[{"do":"dance"}]}]}`,
		"before":        `{"devices":[{"then":[{"do":"remove","after_seconds":-1}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := devicesim.ReadScript(strings.NewReader(text))
			require.Error(t, err)
		})
	}
}
