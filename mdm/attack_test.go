package mdm_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mdm"
	devicesim "heraut/simulator/device"
)

func TestDeviceIsItsCertificate(t *testing.T) {
	s := newSite(t)
	victim := s.enroll(devicesim.Options{Platform: devicesim.IPad}, s.user("A"))
	thief := s.enroll(devicesim.Options{Platform: devicesim.IPad}, s.user("B"))
	require.NoError(t, thief.Behave(devicesim.Behaviour{ClaimUDID: victim.UDID()}))
	command := s.invite(victim.UDID(), "1")
	require.ErrorContains(t, thief.Poll(t.Context()), "403")
	require.ErrorContains(t, thief.SendTokens(t.Context()), "403")
	require.ErrorContains(t, thief.Reenroll(t.Context()), "403", "with a certificate that is another device's")
	require.ErrorContains(t, thief.CheckOut(t.Context()), "403")
	require.Empty(t, s.said(command))
	require.Empty(t, s.shown)
	require.Empty(t, s.left)
	require.Len(t, s.channels, 2)

	require.NoError(t, victim.Poll(t.Context()))
	require.Equal(t, invitation.VerdictShown, s.said(command)[0].Verdict())
}

// An id with a colon would read as the channel of another device's user.
func TestDeviceCanNotPassForAnothersUser(t *testing.T) {
	s := newSite(t)
	d := s.handMade(s.identity(s.user("A")), someKey(t))
	for _, udid := range []string{"VICTIM:USER", "a b", "../x", "é", strings.Repeat("A", 65), ""} {
		require.Equal(t, http.StatusBadRequest, d.checkIn(authenticate(udid)), udid)
	}
	require.Empty(t, s.enrolled)
	require.Equal(t, http.StatusOK, d.checkIn(authenticate("HONEST-1")), "a refused one does not cost the certificate")
}

func TestCertificatesThatDoNotServe(t *testing.T) {
	s := newSite(t)
	none := selfSigned(t, someKey(t), someKey(t).Public())
	for name, c := range map[string]*x509.Certificate{
		"its own":                        none,
		"expired":                        issued(t, time.Now().Add(-time.Hour), x509.ExtKeyUsageClientAuth),
		"for servers":                    issued(t, time.Now().Add(time.Hour), x509.ExtKeyUsageServerAuth),
		"issued, but nobody's (restore)": issued(t, time.Now().Add(time.Hour), x509.ExtKeyUsageClientAuth),
	} {
		require.Equal(t, http.StatusForbidden, s.handMade(c, someKey(t)).checkIn(authenticate("UDID-1")), name)
	}
	require.Equal(t, http.StatusForbidden, s.handMade(s.identity(s.user("A")), someKey(t)).checkIn(tokenUpdate()), "not enrolled")
	require.Empty(t, s.enrolled)
	require.Empty(t, s.channels)
}

func TestUnsignedMessages(t *testing.T) {
	s := newSite(t)
	c := s.identity(s.user("A"))
	body := `<plist version="1.0"><dict><key>MessageType</key><string>Authenticate</string><key>UDID</key><string>X</string></dict></plist>`
	inPEM := url.QueryEscape(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})))
	for name, x := range map[string]struct {
		method, body string
		header       http.Header
		want         int
	}{
		"no signature":         {http.MethodPut, body, nil, 403},
		"no base64":            {http.MethodPut, body, http.Header{"Mdm-Signature": {"%%"}}, 403},
		"no CMS":               {http.MethodPut, body, http.Header{"Mdm-Signature": {"AAAA"}}, 403},
		"a large signature":    {http.MethodPut, body, http.Header{"Mdm-Signature": {strings.Repeat("A", 40_000)}}, 403},
		"two signatures":       {http.MethodPut, body, http.Header{"Mdm-Signature": {"AAAA", "AAAA"}}, 403},
		"a proxy's word alone": {http.MethodPut, body, http.Header{"X-Client-Cert": {inPEM}, "Client-Cert": {inPEM}}, 403},
		"far too much":         {http.MethodPut, strings.Repeat(" ", 1<<20+1), nil, 413},
		"another method":       {http.MethodPost, body, nil, 405},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{mdm.PathCheckIn, mdm.PathConnect} {
				r, err := http.NewRequestWithContext(t.Context(), x.method, s.http.URL+path, strings.NewReader(x.body))
				require.NoError(t, err)
				r.Header = x.header
				response, err := http.DefaultClient.Do(r)
				require.NoError(t, err)
				require.NoError(t, response.Body.Close())
				require.Equal(t, x.want, response.StatusCode)
			}
		})
	}
	require.Empty(t, s.enrolled)
}

func TestMessagesThatNoDeviceSends(t *testing.T) {
	s := newSite(t)
	d := s.handMade(s.identity(s.user("A")), someKey(t))
	require.Equal(t, http.StatusOK, d.checkIn(authenticate("UDID-1")))
	for name, raw := range map[string]string{
		"nothing":          "",
		"entity":           `<!DOCTYPE plist [<!ENTITY a "TokenUpdate">]><plist><dict><key>MessageType</key><string>&a;</string></dict></plist>`,
		"100,000 levels":   "<plist>" + strings.Repeat("<array>", 100_000),
		"binary":           "bplist00\xa1\x00\x08" + strings.Repeat("\x00", 6) + "\x01\x01" + strings.Repeat("\x00", 7) + "\x01" + strings.Repeat("\x00", 15) + "\x0a",
		"no dictionary":    "<plist><string>secret-content</string></plist>",
		"an unknown type":  "<plist><dict><key>MessageType</key><string>secret-content</string></dict></plist>",
		"of another shape": "<plist><dict><key>MessageType</key><string>TokenUpdate</string><key>Token</key><string>secret-content</string></dict></plist>",
	} {
		require.Equal(t, http.StatusBadRequest, d.checkInRaw([]byte(raw)), name)
	}
	require.Empty(t, s.channels)
	require.NotContains(t, s.log.text(), "secret-content")
}

func TestTokensThatCanNotBe(t *testing.T) {
	s := newSite(t)
	d := s.handMade(s.identity(s.user("A")), someKey(t))
	require.Equal(t, http.StatusOK, d.checkIn(authenticate("UDID-1")))
	for name, change := range map[string]func(said){
		"no token":              func(m said) { delete(m, "Token") },
		"a token of 1,000":      func(m said) { m["Token"] = []byte(strings.Repeat("a", 1000)) },
		"no magic":              func(m said) { delete(m, "PushMagic") },
		"magic with quotes":     func(m said) { m["PushMagic"] = `"},{"aps":"` },
		"no topic":              func(m said) { delete(m, "Topic") },
		"a user without a name": func(m said) { m["UserID"] = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF" },
	} {
		m := tokenUpdate()
		change(m)
		require.Equal(t, http.StatusBadRequest, d.checkIn(m), name)
	}
	require.Empty(t, s.channels)
	require.Equal(t, http.StatusOK, d.checkIn(tokenUpdate()))
	require.NotContains(t, s.log.text(), "magic-words")
}

func TestOtherDevicesAreTurnedAway(t *testing.T) {
	s := newSite(t)
	d := s.handMade(s.identity(s.user("A")), someKey(t))
	tv := authenticate("UDID-1")
	tv["ProductName"] = "AppleTV14,1"
	require.Equal(t, http.StatusForbidden, d.checkIn(tv))
	require.Empty(t, s.enrolled)
	require.Equal(t, http.StatusNotFound, d.checkIn(said{"MessageType": "GetToken", "UDID": "UDID-1", "TokenServiceType": "com.apple.maid"}))
	require.Equal(t, http.StatusNotFound, d.checkIn(said{"MessageType": "DeclarativeManagement", "UDID": "UDID-1", "Endpoint": "tokens"}))
}

// What a device says of an error may hold the invitation's address.
func TestWordsOfDevicesHoldNoAddress(t *testing.T) {
	s := newSite(t)
	d := s.handMade(s.identity(s.user("A")), someKey(t))
	require.Equal(t, http.StatusOK, d.checkIn(authenticate("UDID-1")))
	require.Equal(t, http.StatusOK, d.checkIn(tokenUpdate()))
	uuid := s.invite("UDID-1", "1")
	idle := d.connect(said{"Status": "Idle", "UDID": "UDID-1"})
	require.Equal(t, http.StatusOK, idle.status)
	require.Contains(t, idle.body, uuid)
	done := d.connect(said{"Status": "Error", "UDID": "UDID-1", "CommandUUID": uuid, "ErrorChain": []any{
		map[string]any{"ErrorCode": 4, "ErrorDomain": "NSURLErrorDomain", "LocalizedDescription": "cannot open " + inviteURL},
	}})
	require.Equal(t, answered{status: http.StatusOK}, done, "nothing else waits")
	require.Equal(t, []invitation.Report{{Status: "Error", Words: "NSURLErrorDomain 4 cannot open [address]"}}, s.said(uuid))
}
