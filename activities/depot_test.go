package activities_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/appsbooks"
	"heraut/content"
	"heraut/people"
	"heraut/settings"
	appsbookssim "heraut/simulator/appsbooks"
	"heraut/store"
)

// depot is a real store and a simulated Apple, which it asks over the network.
type depot struct {
	t        *testing.T
	apple    *appsbookssim.Server
	client   *appsbooks.Client
	store    *store.Store
	location string
	library  activities.Library
	licenses activities.Licenses

	// order are the client user ids of who accepted, in the order that the
	// store recorded.
	order []string
	users map[string]people.User // by client user id
	group people.Group
	// accounts counts the Apple Accounts of users who came back.
	accounts int
}

const org = "Example School"

var (
	tester    = people.System("test")
	scarceApp = content.AssetRef{AdamID: "361309726", Pricing: content.PricingStandard}
	someBook  = content.AssetRef{AdamID: "1443456789", Pricing: content.PricingStandard}
)

// quickly is a polling rule for events that take a millisecond.
var quickly = appsbooks.Polling{First: time.Millisecond, Between: 2 * time.Millisecond, Stuck: 200 * time.Millisecond}

// newDepot opens a depot where n users have accepted, in random order and
// learned of in random portions. Everyone is promised the app.
func newDepot(t *testing.T, n int) *depot {
	t.Helper()
	d := &depot{t: t, users: map[string]people.User{}}
	d.openApple()
	d.openStore()
	d.connect()
	d.licenses = d.store
	d.accept(d.register(n))
	return d
}

func (d *depot) openApple() {
	var err error
	d.apple, err = appsbookssim.New(appsbookssim.Options{EventDelay: time.Millisecond, Limits: map[string]int{"maxRequestPerSecond": 100_000}})
	require.NoError(d.t, err)
	d.t.Cleanup(func() { require.NoError(d.t, d.apple.Close()) })
	d.connect()
	config, err := d.client.ClientConfig(d.t.Context())
	require.NoError(d.t, err)
	d.location = config.UID
}

// connect makes a client as a process does that has just started: it knows of
// no wait that Apple asked for.
func (d *depot) connect() {
	pool := x509.NewCertPool()
	require.True(d.t, pool.AppendCertsFromPEM(d.apple.CAPEM()))
	token, err := appsbooks.ParseToken(d.apple.Token(org, time.Now().AddDate(1, 0, 0)))
	require.NoError(d.t, err)
	d.client, err = appsbooks.NewClient(token, appsbooks.Options{
		MDM: appsbooks.MDMInfo{ID: "heraut-1", Name: "Heraut", Metadata: "test"}, BaseURL: d.apple.URL(), RootCAs: pool,
		Patience: -1, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(d.t, err)
	d.t.Cleanup(d.client.Close)
	d.library = appsbooks.NewLibrary(d.client, d.location, "nl", quickly)
}

func (d *depot) openStore() {
	var err error
	d.store, err = store.Open(d.t.Context(), store.Options{
		Path:     filepath.Join(d.t.TempDir(), "heraut.db"),
		LinkHash: func(id string) []byte { return []byte(id) },
		Sealer:   noSealer{},
	})
	require.NoError(d.t, err)
	d.t.Cleanup(func() { require.NoError(d.t, d.store.Close()) })
	require.NoError(d.t, d.store.Migrate(d.t.Context()))
	_, err = d.store.PutSetting(d.t.Context(), tester, settings.NameContentToken, settings.ContentToken{UID: d.location}, nil, nil)
	require.NoError(d.t, err)
}

// noSealer keeps secrets as they are: they are the simulator's.
type noSealer struct{}

func (noSealer) Seal(_ string, plain []byte) (string, error) { return string(plain), nil }
func (noSealer) Open(_, blob string) ([]byte, error)         { return []byte(blob), nil }

// register makes users and registers them at Apple.
func (d *depot) register(n int) []content.NewAccount {
	ctx := d.t.Context()
	accounts := make([]content.NewAccount, n)
	var ids []string
	for i := range accounts {
		u, err := d.store.CreateUser(ctx, tester, people.User{FullName: fmt.Sprintf("User %02d", i), ManagedDistribution: true})
		require.NoError(d.t, err)
		accounts[i] = content.NewAccount{UserID: u.ID, ClientUserID: fmt.Sprintf("client-%02d", i)}
		d.users[accounts[i].ClientUserID] = u
		ids = append(ids, u.ID)
	}
	var err error
	d.group, err = d.store.CreateGroup(ctx, tester, people.Group{Name: "Everyone"})
	require.NoError(d.t, err)
	_, err = d.store.SetMembers(ctx, tester, d.group.ID, ids, nil)
	require.NoError(d.t, err)
	_, err = d.store.ClaimAccounts(ctx, d.location, accounts)
	require.NoError(d.t, err)
	users := make([]appsbooks.NewUser, n)
	for i, a := range accounts {
		users[i].ClientUserID = a.ClientUserID
	}
	submissions, err := d.client.CreateUsers(ctx, users)
	require.NoError(d.t, err)
	d.await(submissions)
	d.learn()
	return accounts
}

// accept lets users accept in random order, and looks at Apple now and then.
func (d *depot) accept(accounts []content.NewAccount) {
	codes := map[string]string{}
	for _, u := range d.apple.Users(org) {
		codes[u.ClientUserID] = u.InviteCode
	}
	for _, i := range rand.Perm(len(accounts)) {
		id := accounts[i].ClientUserID
		require.NoError(d.t, d.apple.Accept(codes[id], id+"@example.org"))
		if rand.N(4) == 0 {
			d.learn()
		}
	}
	d.learn()
	orders := map[string]int64{}
	for id, u := range d.users {
		r, err := d.store.AccountOf(d.t.Context(), u.ID)
		require.NoError(d.t, err)
		require.Equal(d.t, content.StateAssociated, r.State)
		orders[id] = r.AcceptedOrder
		d.order = append(d.order, id)
	}
	slices.SortFunc(d.order, func(a, b string) int { return int(orders[a] - orders[b]) })
}

// learn takes over everything that Apple says of accounts.
func (d *depot) learn() {
	var accounts []content.Account
	_, err := d.client.Users(d.t.Context(), appsbooks.UserQuery{}, func(page []appsbooks.User) error {
		for _, u := range page {
			accounts = append(accounts, content.Account{
				ClientUserID: u.ClientUserID, State: content.AccountState(u.Status), InviteCode: u.InviteCode, IDHash: u.IDHash,
			})
		}
		return nil
	})
	require.NoError(d.t, err)
	_, err = d.store.ApplyAccounts(d.t.Context(), d.location, accounts)
	require.NoError(d.t, err)
}

// buy buys licenses, or gives them back.
func (d *depot) buy(ref content.AssetRef, n int) {
	d.apple.AddAsset(org, appsbookssim.Asset{AdamID: ref.AdamID, PricingParam: ref.Pricing, Book: ref == someBook, Total: n})
}

// mirror keeps what Apple owns, so that it can be assigned.
func (d *depot) mirror() {
	d.t.Helper()
	require.NoError(d.t, d.library.Assets(d.t.Context(), func(page []content.Asset) error {
		return d.store.KeepAssets(d.t.Context(), d.location, page)
	}))
}

// promise makes assets what everyone is promised.
func (d *depot) promise(refs ...content.AssetRef) {
	d.t.Helper()
	_, err := d.store.PutContent(d.t.Context(), tester, content.Owner{GroupID: d.group.ID}, content.Choices(refs...))
	require.NoError(d.t, err)
}

// leave turns the services off for users.
func (d *depot) leave(ids ...string) {
	d.t.Helper()
	for _, id := range ids {
		_, err := d.store.UpdateUser(d.t.Context(), tester, d.users[id].ID, nil, func(u people.User) (people.User, error) {
			u.ManagedDistribution = false
			return u, nil
		})
		require.NoError(d.t, err)
	}
	d.order = slices.DeleteFunc(d.order, func(id string) bool { return slices.Contains(ids, id) })
}

// OpenLibraries implements activities.Libraries.
func (d *depot) OpenLibraries(context.Context) ([]activities.Library, error) {
	return []activities.Library{d.library}, nil
}

// run distributes once, in a process that was just started.
func (d *depot) run(ctx context.Context) (activities.Distributed, error) {
	h := newHouse(newLedger())
	h.Libraries, h.Licenses, h.Registrations = d, d.licenses, d.store
	return h.Distribute(ctx)
}

// done distributes once, which must work.
func (d *depot) done() activities.Distributed {
	d.t.Helper()
	result, err := d.run(d.t.Context())
	require.NoError(d.t, err)
	return result
}

// holders are the users who have an asset at Apple, in the order in which Apple gave it.
func (d *depot) holders(ref content.AssetRef) []string {
	var ids []string
	for _, a := range d.apple.Assignments(org) {
		if a.AdamID == ref.AdamID && a.ClientUserID != "" {
			ids = append(ids, a.ClientUserID)
		}
	}
	return ids
}

// assignments waits until Apple has given so many licenses.
func (d *depot) assignments(n int) {
	d.t.Helper()
	require.Eventually(d.t, func() bool { return len(d.apple.Assignments(org)) == n }, 10*time.Second, time.Millisecond)
}

// requireFirst demands that n users have the app: those who accepted first.
func (d *depot) requireFirst(n int) {
	d.t.Helper()
	require.ElementsMatch(d.t, d.order[:n], d.holders(scarceApp))
	d.requireNobodyPassedOver()
}

// requireNobodyPassedOver demands that whoever has the app accepted before
// everyone who has not, and that nobody has two.
func (d *depot) requireNobodyPassedOver() {
	d.t.Helper()
	holders := d.holders(scarceApp)
	promised := slices.DeleteFunc(slices.Clone(holders), func(id string) bool { return !slices.Contains(d.order, id) })
	require.ElementsMatch(d.t, d.order[:len(promised)], promised)
	slices.Sort(holders)
	require.Len(d.t, slices.Compact(slices.Clone(holders)), len(holders), "nobody has two")
}

// waiting are the client user ids of those who wait for a seat, in the store's
// words.
func (d *depot) waiting() (ids []string) {
	page, err := d.store.ListActiveLicenses(d.t.Context(), content.LicenseFilter{}, people.Cursor{}, 1000)
	require.NoError(d.t, err)
	for _, one := range page.Items {
		require.Equal(d.t, content.LicenseWaiting, one.State)
		require.Equal(d.t, content.WaitingForLicense, one.WaitingFor)
		for id, u := range d.users {
			if u.ID == one.UserID {
				ids = append(ids, id)
			}
		}
	}
	slices.Reverse(ids)
	return ids
}
