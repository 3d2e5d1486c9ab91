package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
	apnssim "heraut/simulator/apns"
	devicesim "heraut/simulator/device"
)

// portalTopic is that of the office's MDM push certificate.
const portalTopic = "com.apple.mgmt.External.portal"

// portalOffice is Heraut served over HTTP, with a push certificate for MDM.
type portalOffice struct {
	t     *testing.T
	parts *parts
	fleet *devicesim.Fleet
	call  func(method, path string, body any) (status int, answer string)
}

func newPortalOffice(t *testing.T) *portalOffice {
	t.Helper()
	var handler atomic.Pointer[http.Handler]
	public := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*handler.Load()).ServeHTTP(w, r) }))
	t.Cleanup(public.Close)
	p := demoParts(t, t.TempDir())
	p.config.PublicURL, p.patient = public.URL, patientEngine{nil, newErrands(p.log)}
	h, err := p.handler("", t.TempDir())
	require.NoError(t, err)
	handler.Store(&h)

	apns, err := apnssim.New(apnssim.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, apns.Close()) })
	fleet := devicesim.NewFleet(devicesim.FleetOptions{APNs: apns, Keys: 1})
	t.Cleanup(func() { require.NoError(t, fleet.Close()) })
	o := &portalOffice{t: t, parts: p, fleet: fleet, call: adminOf(t, p)}
	cert, key, err := apns.IssueCertificate(portalTopic)
	require.NoError(t, err)
	status, answer := o.call(http.MethodPut, "/v1/settings/push/mdm", map[string]any{"certificate_pem": string(cert), "private_key_pem": string(key)})
	require.Equal(t, http.StatusOK, status, answer)
	return o
}

func (o *portalOffice) user(name string) people.User {
	o.t.Helper()
	u, err := o.parts.store.CreateUser(o.t.Context(), operatorKey, people.User{FullName: name, ManagedDistribution: true})
	require.NoError(o.t, err)
	return u
}

// link makes an enrollment link over the API.
func (o *portalOffice) link(userID string) (url, code string) {
	o.t.Helper()
	status, answer := o.call(http.MethodPost, "/v1/users/"+userID+"/enrollment-link", map[string]any{})
	require.Equal(o.t, http.StatusCreated, status, answer)
	var link struct {
		URL  string `json:"url"`
		Code string `json:"code"`
	}
	require.NoError(o.t, json.Unmarshal([]byte(answer), &link))
	return link.URL, link.Code
}

func (o *portalOffice) device(name string) *devicesim.Device {
	o.t.Helper()
	d, err := o.fleet.Add(devicesim.Options{Name: name, Platform: devicesim.IPad})
	require.NoError(o.t, err)
	return d
}

func (o *portalOffice) devicesOf(userID string) (names []string) {
	o.t.Helper()
	page, err := o.parts.store.ListDevices(o.t.Context(), people.DeviceFilter{UserID: userID}, people.Cursor{}, 10)
	require.NoError(o.t, err)
	for _, d := range page.Items {
		names = append(names, d.Name)
	}
	return names
}

// TestDevicesEnrollThroughThePortal plays F7, F8 and F13: by a link and by a
// code, each for one device, which is then listed under its user.
func TestDevicesEnrollThroughThePortal(t *testing.T) {
	o := newPortalOffice(t)
	zoe, bram := o.user("Zoë"), o.user("Bram")
	link, _ := o.link(zoe.ID)
	require.NoError(t, o.device("iPad van Zoë").EnrollFrom(t.Context(), link))
	require.Equal(t, []string{"iPad van Zoë"}, o.devicesOf(zoe.ID))

	late := o.device("iPad van een ander")
	require.Error(t, late.EnrollFrom(t.Context(), link), "a link enrolls one device")
	require.False(t, late.Enrolled())

	_, code := o.link(bram.ID)
	require.NoError(t, o.device("iPad van Bram").EnrollWith(t.Context(), o.parts.config.PublicURL+"/enroll", code))
	require.Equal(t, []string{"iPad van Bram"}, o.devicesOf(bram.ID))
}

func TestPreflightOfTheMDMCertificate(t *testing.T) {
	o := newPortalOffice(t)
	check := func() string { return preflight{parts: o.parts}.certificate(t.Context(), people.PushMDM).Detail }
	require.Contains(t, check(), "once a content token is installed")
	_, err := o.parts.store.PutSetting(t.Context(), operatorKey, settings.NameContentToken, settings.ContentToken{UID: "1"}, []byte("x"), nil)
	require.NoError(t, err)
	require.NotContains(t, check(), "once a content token")
	status, answer := o.call(http.MethodDelete, "/v1/settings/push/mdm", map[string]any{})
	require.Equal(t, http.StatusNoContent, status, answer)
	require.Contains(t, check(), "can not enroll here")
}
