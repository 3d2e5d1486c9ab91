package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
	"heraut/store/storetest"
)

var benchActor = people.System("benchmark")

// large opens a store with a group of n users, each with one device.
func large(b *testing.B, o store.Options, n int) (*store.Store, people.Group) {
	b.Helper()
	o.LinkHash, o.FirstPage = storetest.LinkHash, -1
	s, err := store.Open(b.Context(), o)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	require.NoError(b, s.Migrate(b.Context()))
	roster := people.Roster{Groups: []people.RosterGroup{{ExternalID: "location:1", Name: "School"}}}
	for i := range n {
		id := fmt.Sprintf("p%d", i)
		roster.Groups[0].MemberIDs = append(roster.Groups[0].MemberIDs, id)
		roster.People = append(roster.People, people.RosterPerson{ExternalID: id, FullName: "Person " + id, Email: id + "@example.org"})
		roster.Devices = append(roster.Devices, people.RosterDevice{SerialNumber: id, Name: "iPad", Platform: people.IPadOS, PersonID: id})
	}
	_, err = s.ApplyRoster(b.Context(), benchActor, roster, people.RosterOptions{}, nil)
	require.NoError(b, err)
	page, err := s.ListGroups(b.Context(), people.GroupFilter{}, people.Cursor{}, 1)
	require.NoError(b, err)
	g, err := s.UpdateGroup(b.Context(), benchActor, page.Items[0].ID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = true
		return g, nil
	})
	require.NoError(b, err)
	return s, g
}

func eachDatabase(b *testing.B, run func(b *testing.B, o store.Options)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { run(b, store.Options{Path: filepath.Join(b.TempDir(), "heraut.db")}) })
	b.Run("postgres", func(b *testing.B) { run(b, store.Options{URL: testkit.Postgres(b)}) })
}

func planAll(b *testing.B, s *store.Store, g people.Group) invitation.Plan {
	b.Helper()
	p, err := s.CreatePlan(b.Context(), benchActor, invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(b, err)
	return p
}

func sendAll(b *testing.B, s *store.Store, g people.Group) invitation.Send {
	b.Helper()
	p := planAll(b, s, g)
	send, _, err := s.SendPlan(b.Context(), benchActor, p.ID, p.Digest, invitation.Schedule{ExpiresAfter: 720 * time.Hour})
	require.NoError(b, err)
	return send
}

// BenchmarkPlan plans for a group of 10,000 users.
func BenchmarkPlan(b *testing.B) {
	eachDatabase(b, func(b *testing.B, o store.Options) {
		b.Helper()
		s, g := large(b, o, 10_000)
		for b.Loop() {
			planAll(b, s, g)
		}
	})
}

// BenchmarkLedger writes, claims, marks and commits pages of 500 mails; each
// step's share is reported for one delivery.
func BenchmarkLedger(b *testing.B) {
	const page = 500
	eachDatabase(b, func(b *testing.B, o store.Options) {
		b.Helper()
		s, g := large(b, o, page)
		spent := map[string]time.Duration{}
		step := func(name string, do func() error) {
			began := time.Now()
			require.NoError(b, do())
			spent[name] += time.Since(began)
		}
		for b.Loop() {
			send := sendAll(b, s, g)
			var claim invitation.Claim
			var ids []string
			var results []invitation.Result
			step("write", func() error { _, err := s.WritePage(b.Context(), send.ID, 0, page); return err })
			step("claim", func() (err error) { claim, err = s.ClaimPage(b.Context(), send.ID, 0, page); return err })
			for _, m := range claim.Messages {
				ids = append(ids, m.DeliveryID)
				results = append(results, invitation.Result{DeliveryID: m.DeliveryID, Outcome: invitation.Outcome{Class: invitation.Taken, Code: 250, Answer: "2.0.0 Ok"}})
			}
			step("mark", func() error { _, err := s.Commit(b.Context(), ids, nil); return err })
			step("commit", func() error { _, err := s.Commit(b.Context(), nil, results); return err })
			_, err := s.CancelSend(b.Context(), benchActor, send.ID)
			require.NoError(b, err)
		}
		for name, d := range spent {
			b.ReportMetric(float64(d.Microseconds())/float64(b.N*page), name+"-µs/delivery")
		}
	})
}
