package devicesim_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

func TestProfilesThatCanNotBeInstalled(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d, err := f.Add(devicesim.Options{})
	require.NoError(t, err)
	for name, change := range map[string]struct{ from, to string }{
		"not a configuration": {"<string>Configuration</string>", "<string>Poem</string>"},
		"no MDM":              {"<string>com.apple.mdm</string>", "<string>com.apple.other</string>"},
		"no identity":         {"<key>IdentityCertificateUUID</key><string>2</string>", ""},
		"another identity":    {"<string>com.apple.security.scep</string>", "<string>com.apple.security.pkcs12</string>"},
		"no server":           {"<key>ServerURL</key>", "<key>ServerURI</key>"},
		"no topic":            {"<string>" + topic + "</string>", "<string></string>"},
		"TLS":                 {"<key>SignMessage</key><true/>", "<key>SignMessage</key><false/>"},
		"no SCEP server":      {"<key>URL</key>", "<key>URI</key>"},
		"subject":             {"<string>2.5.4.3</string>", "<string>name</string>"},
		"a pair of one":       {"<string>2.5.4.3</string>", ""},
		"a key that is short": {"<integer>2048</integer>", "<integer>512</integer>"},
		"fingerprint":         {"<key>Keysize</key>", "<key>CAFingerprint</key><data>AAAA</data><key>Keysize</key>"},
		"half":                {"</plist>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			profile := string(s.profile(profileOf{challenge: s.scep.challenge()}))
			require.Contains(t, profile, change.from)
			changed := strings.Replace(profile, change.from, change.to, 1)
			if name == "half" {
				changed = changed[:len(changed)/2]
			}
			require.Error(t, d.Enroll(t.Context(), []byte(changed)))
		})
	}
	require.Error(t, d.Enroll(t.Context(), []byte("not a profile")))
	require.Empty(t, s.heard("MessageType", "Authenticate"))
}

func TestFingerprintOfTheAuthority(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	short, long := sha1.Sum(s.scep.certificate.Raw), sha256.Sum256(s.scep.certificate.Raw)
	for _, fingerprint := range [][]byte{short[:], long[:]} {
		d, err := f.Add(devicesim.Options{})
		require.NoError(t, err)
		profile := strings.Replace(string(s.profile(profileOf{challenge: s.scep.challenge()})), "<key>Keysize</key>",
			"<key>CAFingerprint</key><data>"+base64.StdEncoding.EncodeToString(fingerprint)+"</data><key>Keysize</key>", 1)
		require.NoError(t, d.Enroll(t.Context(), []byte(profile)))
	}
}
