package appsbooks_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	"heraut/fault"
	appsbookssim "heraut/simulator/appsbooks"
)

const notifyToken = appsbooks.Secret("notify-secret")

// door is a notification endpoint that keeps what is true.
type door struct {
	mu      sync.Mutex
	taken   []appsbooks.Notification
	refused int
	fail    int // how many to answer with 500 first
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+string(notifyToken) {
		d.refused++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	body, _ := io.ReadAll(r.Body)
	n, err := appsbooks.ParseNotification(body)
	if err != nil || d.fail > 0 {
		d.fail--
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	d.taken = append(d.taken, n)
}

// of gives what was taken of a type.
func (d *door) of(kind appsbooks.NotificationType) (list []appsbooks.Notification) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.taken {
		if n.Type == kind {
			list = append(list, n)
		}
	}
	return list
}

// subscribed has a location whose notifications come to the door.
func subscribed(t *testing.T, o appsbookssim.Options) (*place, *door) {
	t.Helper()
	d := &door{}
	server := httptest.NewTLSServer(d)
	t.Cleanup(server.Close)
	o.NotifyRoots = rootsOf(t, server)
	o.NotifyRetry = time.Millisecond
	p := newPlace(t, o)
	config, err := p.client.Claim(t.Context(), appsbooks.Subscription{
		URL: server.URL + "/apple", Token: notifyToken,
		Types: []appsbooks.NotificationType{appsbooks.UserManagement, appsbooks.UserAssociated, appsbooks.AssetManagement, appsbooks.AssetCounted},
	}, false)
	require.NoError(t, err)
	require.Equal(t, notifyToken, config.NotificationToken)
	require.Len(t, config.NotificationTypes, 4)
	require.Len(t, d.of(appsbooks.TestNotification), 1, "it came while the address was being set")
	return p, d
}

// eventually waits for so many notifications of a type.
func (d *door) eventually(t *testing.T, kind appsbooks.NotificationType, n int) []appsbooks.Notification {
	t.Helper()
	require.Eventually(t, func() bool { return len(d.of(kind)) >= n }, 10*time.Second, 2*time.Millisecond, kind)
	return d.of(kind)
}

func TestNotificationsOfEveryType(t *testing.T) {
	p, d := subscribed(t, appsbookssim.Options{Limits: map[string]int{"maxUsers": 1000}})
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: "1", Total: 1})
	counted := d.eventually(t, appsbooks.AssetCounted, 1)[0]
	require.Equal(t, 1, counted.Count.Delta)
	require.Equal(t, "1", counted.Count.AdamID)

	e := p.create(t, newUsers(150)...)[0]
	managed := d.eventually(t, appsbooks.UserManagement, 2)
	require.Len(t, managed[0].Users.Users, 100, "at most a hundred in one")
	require.Len(t, managed[1].Users.Users, 50)
	require.Equal(t, e.ID, managed[0].Users.EventID)
	require.Equal(t, "CREATE", managed[0].Users.Type)
	require.Nil(t, managed[0].Users.Err)
	u := managed[0].Users.Users[0]
	require.Equal(t, appsbooks.Registered, u.Status)

	require.NoError(t, p.apple.Accept(string(u.InviteCode), "a@icloud.example"))
	joined := d.eventually(t, appsbooks.UserAssociated, 1)[0]
	require.Equal(t, u.InviteCode, joined.Associated[0].InviteCode)
	require.NotEmpty(t, joined.Associated[0].IDHash)
	config, err := p.client.ClientConfig(t.Context())
	require.NoError(t, err)
	require.Equal(t, config.UID, joined.UID)

	done, err := p.client.Associate(t.Context(), []appsbooks.AssetRef{{AdamID: "1"}},
		appsbooks.Targets{ClientUserIDs: []string{"u-0000", "u-0001"}})
	require.NoError(t, err)
	p.await(t, done)
	for _, n := range d.eventually(t, appsbooks.AssetManagement, 2) {
		failed := n.Assignments.Assignments[0].ClientUserID == "u-0001"
		require.Equal(t, failed, n.Assignments.Err != nil)
		if failed {
			require.Equal(t, appsbooks.NotEnoughLicenses, n.Assignments.Err.Number)
		}
	}
}

func TestNotificationsGoWrong(t *testing.T) {
	p, d := subscribed(t, appsbookssim.Options{})
	p.create(t, newUsers(5)...)
	d.eventually(t, appsbooks.UserManagement, 1)
	require.NoError(t, p.apple.SetScript(appsbookssim.Script{Notifications: []appsbookssim.NotifyRule{
		{Type: "USER_ASSOCIATED", Count: 1, Do: appsbookssim.Lose},
		{Type: "USER_ASSOCIATED", Count: 1, Do: appsbookssim.Late},
		{Type: "USER_ASSOCIATED", Count: 1, Do: appsbookssim.Double},
		{Type: "USER_ASSOCIATED", Count: 1, Do: appsbookssim.Forge},
	}}))
	users, version := p.users(t, appsbooks.UserQuery{})
	for i, u := range users {
		require.NoError(t, p.apple.Accept(string(u.InviteCode), u.ClientUserID+"@icloud.example"))
		if i == 2 { // the third is doubled and takes the late second along
			got := d.eventually(t, appsbooks.UserAssociated, 3)
			require.Equal(t, "u-0002", got[0].Associated[0].ClientUserID)
			require.Equal(t, got[0].ID, got[1].ID, "the id tells the repetition")
			require.Equal(t, "u-0001", got[2].Associated[0].ClientUserID)
		}
	}
	got := d.eventually(t, appsbooks.UserAssociated, 4)
	require.Equal(t, "u-0004", got[3].Associated[0].ClientUserID)
	require.Eventually(t, func() bool { d.mu.Lock(); defer d.mu.Unlock(); return d.refused == 3 }, 10*time.Second, 2*time.Millisecond,
		"the forged one came three times and never in")
	changed, _ := p.users(t, appsbooks.UserQuery{Since: version})
	require.Len(t, changed, 5, "what was lost is found by reading")
}

func TestNotificationIsTriedThreeTimes(t *testing.T) {
	p, d := subscribed(t, appsbookssim.Options{})
	d.mu.Lock()
	d.fail = 2
	d.mu.Unlock()
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: "1", Total: -1})
	n := d.eventually(t, appsbooks.AssetCounted, 1)[0]
	require.Equal(t, -1, n.Count.Delta)
}

func TestForgedNotificationStaysOut(t *testing.T) {
	p, d := subscribed(t, appsbookssim.Options{})
	body := []byte(`{"notificationId":"1","notificationType":"USER_ASSOCIATED","notification":{"associatedUsers":[{"clientUserId":"u-0000"}]}}`)
	require.Equal(t, 401, p.apple.Forge(t.Context(), org, "guess", body))
	require.Empty(t, d.of(appsbooks.UserAssociated))
}

func TestParseNotification(t *testing.T) {
	for body, code := range map[string]fault.Code{
		``:                       fault.Malformed,
		`{"notificationId":"1"`:  fault.Malformed,
		`[]`:                     fault.Malformed,
		`{}`:                     fault.InvalidRequest,
		`{"notificationId":"1"}`: fault.InvalidRequest,
		`{"notificationId":"1","notificationType":"USER_MANAGEMENT","notification":[]}`:                     fault.InvalidRequest,
		`{"notificationId":"1","notificationType":"USER_ASSOCIATED"}`:                                       fault.InvalidRequest,
		`{"notificationId":"1","notificationType":"ASSET_COUNT","notification":{"countDelta":"x"}}`:         fault.InvalidRequest,
		`{"notificationId":"1","notificationType":"ASSET_MANAGEMENT","notification":{"assignments":false}}`: fault.InvalidRequest,
	} {
		_, err := appsbooks.ParseNotification([]byte(body))
		require.Equal(t, code, fault.CodeOf(err), body)
	}
	for _, kind := range []string{"SUBSCRIPTION_MANAGEMENT", "SUBSCRIPTION_COUNT", "UNLIMITED_ASSET", "TEST_NOTIFICATION", "OF_NEXT_YEAR"} {
		n, err := appsbooks.ParseNotification([]byte(`{"notificationId":"1","notificationType":"` + kind + `","uId":"2","notification":{"a":[1]}}`))
		require.NoError(t, err)
		require.Equal(t, appsbooks.Notification{ID: "1", Type: appsbooks.NotificationType(kind), UID: "2"}, n)
	}
	n, err := appsbooks.ParseNotification([]byte(`{"notificationId":"1","notificationType":"USER_MANAGEMENT",
		"notification":{"type":"CREATE","result":"FAILURE","users":[{"clientUserId":"a"}]}}`))
	require.NoError(t, err)
	require.ErrorContains(t, n.Users.Err, "without a reason")
}
