package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// office has open invitations by mail and push, by name; each was made a minute
// after the one before.
func (s *campus) office() map[string]invitation.Invitation {
	s.t.Helper()
	made := map[string]invitation.Invitation{}
	for i, name := range awkward {
		u := s.user(name)
		policy := invitation.PolicyMail
		if i%2 == 0 {
			policy = invitation.PolicyPush
			s.live(u, fmt.Sprintf("Phone_%d é%%", i))
		}
		s.send(by(policy, ofUser(u)))
		for _, one := range s.invitations(invitation.Filter{UserID: u.ID}) {
			made[u.FullName] = one
		}
		s.clock.Advance(time.Minute)
	}
	return made
}

// tasksBy lists the active tasks of a filter by name; whatever counts or matches
// them must mean the same ones.
func (s *campus) tasksBy(f invitation.Filter) []string {
	s.t.Helper()
	_, active, _ := s.lists()
	ids := s.all(active, f)
	n, err := s.CountInvitations(s.t.Context(), f)
	require.NoError(s.t, err)
	require.Equal(s.t, len(ids), n)
	matched, err := s.MatchInvitations(s.t.Context(), f, "", 500)
	require.NoError(s.t, err)
	require.ElementsMatch(s.t, ids, matched)
	page, err := s.ListActive(s.t.Context(), f, people.Cursor{}, 500)
	require.NoError(s.t, err)
	var names []string
	for _, i := range page.Items {
		names = append(names, i.User.FullName)
	}
	return names
}

func filterTasks(s *campus) {
	s.office()
	send := s.send(by(invitation.PolicyMail, ofUser(s.user("someone else"))))
	all := s.tasksBy(invitation.Filter{})
	require.Equal(s.t, reversed(all), s.tasksBy(invitation.Filter{Sort: invitation.Oldest}))
	zoe := awkward[7]
	begun := s.invitations(invitation.Filter{})[0].CreatedAt
	for name, c := range map[string]struct {
		f    invitation.Filter
		want []string
	}{
		"channel":        {invitation.Filter{Channel: invitation.ChannelAlert}, []string{"Jan   de  Vries", `back\slash`, "ليلى منصور", "Åsa Öberg"}},
		"accents":        {invitation.Filter{Query: "asa oberg"}, []string{"Åsa Öberg"}},
		"wildcards":      {invitation.Filter{Query: "%_"}, []string{"100%_zeker"}},
		"both":           {invitation.Filter{Query: "%"}, []string{"Jan   de  Vries", `back\slash`, "100%_zeker", "ليلى منصور", "Åsa Öberg"}},
		"device":         {invitation.Filter{Query: "phone_4"}, []string{`back\slash`}},
		"right to left":  {invitation.Filter{Query: "منصور"}, []string{"ليلى منصور"}},
		"long":           {invitation.Filter{Query: zoe}, []string{zoe}},
		"nobody":         {invitation.Filter{Query: "nobody"}, nil},
		"and a channel":  {invitation.Filter{Query: "%", Channel: invitation.ChannelMail}, []string{"100%_zeker"}},
		"and a send":     {invitation.Filter{Query: "someone", SendID: send.ID}, []string{"someone else"}},
		"not in a send":  {invitation.Filter{Query: "%", SendID: send.ID}, nil},
		"created before": {invitation.Filter{CreatedBefore: begun.Add(time.Minute)}, []string{"Åsa Öberg"}},
		"created after":  {invitation.Filter{CreatedAfter: begun.Add(7 * time.Minute)}, []string{"someone else", zoe}},
		"in any order":   {invitation.Filter{Query: "a", CreatedBefore: begun.Add(3 * time.Minute), Sort: invitation.Oldest}, []string{"Åsa Öberg", "Łukasz Weiß", "ليلى منصور"}},
	} {
		require.Equal(s.t, c.want, s.tasksBy(c.f), name)
	}
	for _, f := range []invitation.Filter{{Channel: "pigeon"}, {WaitingFor: "godot"}, {Sort: "random"}} {
		_, err := s.ListActive(s.t.Context(), f, people.Cursor{}, 1)
		requireCode(s.t, err, fault.InvalidRequest)
		_, err = s.CountInvitations(s.t.Context(), f)
		requireCode(s.t, err, fault.InvalidRequest)
	}
	_, err := s.ListActive(s.t.Context(), invitation.Filter{Sort: invitation.NextAction}, people.Cursor{Key: "x", ID: "y"}, 1)
	requireCode(s.t, err, fault.InvalidRequest)
}

// filterWaiting holds the filter to what the list itself says.
func filterWaiting(s *campus) {
	made := s.office()
	check := func() {
		s.t.Helper()
		said := map[invitation.WaitingFor][]string{}
		for _, i := range s.invitations(invitation.Filter{}) {
			said[i.WaitingFor] = append(said[i.WaitingFor], i.User.FullName)
		}
		counted, err := s.CountWaiting(s.t.Context())
		require.NoError(s.t, err)
		require.Len(s.t, counted, len(said))
		for what, names := range said {
			require.Equal(s.t, len(names), counted[what], what)
		}
		for _, what := range []invitation.WaitingFor{
			invitation.WaitingRelay, invitation.WaitingLimit, invitation.WaitingPause, invitation.WaitingDevice, invitation.WaitingRetry, invitation.WaitingAnswer,
		} {
			got := s.tasksBy(invitation.Filter{WaitingFor: what})
			slices.Reverse(got)
			require.Equal(s.t, said[what], got, what)
		}
	}
	check()
	asa, leila := s.person(made["Åsa Öberg"]), s.person(made["ليلى منصور"])
	s.deliver(asa)
	m := s.claim(leila)
	s.mark(m...)
	s.answer(invitation.Outcome{Class: invitation.Later, Answer: "450 later"}, m...)
	check()
	_, err := s.PauseSend(s.t.Context(), actor, made["100%_zeker"].SendIDs[0])
	require.NoError(s.t, err)
	check()
	_, err = s.PutSetting(s.t.Context(), actor, settings.NameContentToken, settings.ContentToken{UID: place}, []byte("token"), nil)
	require.NoError(s.t, err)
	routes := []invitation.Route{invitation.RouteMail, invitation.RouteAlert, invitation.BooksRoute("elsewhere"), invitation.BooksRoute(place)}
	for _, route := range routes {
		_, err := s.RouteDown(s.t.Context(), route, "down", 0)
		require.NoError(s.t, err)
		check()
	}
	for _, route := range routes {
		require.NoError(s.t, s.RouteUp(s.t.Context(), route))
	}
	s.limit(1)
	s.lease(1, 1)
	check()
}

func (s *campus) person(i invitation.Invitation) people.User {
	return s.reread(people.User{ID: i.User.ID})
}

func sortByNextAction(s *campus) {
	made := s.office()
	s.deliver(s.person(made["100%_zeker"])) // its next is a reminder in days
	got := s.tasksBy(invitation.Filter{Sort: invitation.NextAction})
	require.Equal(s.t, "Åsa Öberg", got[0], "due first")
	require.Equal(s.t, "100%_zeker", got[len(got)-1])
	require.Len(s.t, got, len(made))
}

func markedTasks(s *campus) {
	made := s.office()
	require.NoError(s.t, s.AskNewLink(s.t.Context(), made["Åsa Öberg"].ID))
	require.Equal(s.t, []string{"Åsa Öberg"}, s.tasksBy(invitation.Filter{Marked: true}))
	counts := s.counts()
	require.Equal(s.t, people.Counts{Users: 8, Devices: 4, Invitations: 8}, counts, "an open one is at work")
	require.Equal(s.t, 8, counts.Tasks())

	s.say(invitation.Accept, made["Åsa Öberg"].ID)
	s.clock.Advance(time.Minute)
	m := s.claim(s.person(made["100%_zeker"]))
	s.mark(m...)
	s.answer(invitation.Outcome{Class: invitation.Refused, Answer: "550 no"}, m...)
	_, _, completed := s.lists()
	settled := s.invitation(made["100%_zeker"].ID)
	require.Equal(s.t, invitation.Failed, settled.State)
	require.Equal(s.t, []string{settled.ID}, s.all(completed, invitation.Filter{SettledAfter: settled.SettledAt}))
	require.Equal(s.t, []string{settled.ID}, s.all(completed, invitation.Filter{Query: "zeker"}))
	require.Equal(s.t, 1, s.counts().Failed)
	s.clock.Advance(people.FailedDays * day)
	s.clock.Advance(time.Second)
	require.Zero(s.t, s.counts().Failed)
}

func (s *campus) counts() people.Counts {
	s.t.Helper()
	c, err := s.Counts(s.t.Context())
	require.NoError(s.t, err)
	return c
}

// bulkByFilter acts on what the list shows, and nothing else.
func bulkByFilter(s *campus) {
	s.office()
	f := invitation.Filter{Query: "%", Channel: invitation.ChannelAlert, CreatedBefore: s.clock.Now(), WaitingFor: "", Sort: invitation.Oldest}
	want := s.tasksBy(f)
	require.Len(s.t, want, 4)
	bulk, err := s.CreateBulk(s.t.Context(), actor, invitation.Cancel, f)
	require.NoError(s.t, err)
	require.Equal(s.t, 4, bulk.Count)
	for finished := false; !finished; {
		step, err := s.StepBulk(s.t.Context(), bulk.ID, 3)
		require.NoError(s.t, err)
		finished = step.Finished
	}
	var cancelled []string
	page, err := s.ListCompleted(s.t.Context(), invitation.Filter{}, people.Cursor{}, 500)
	require.NoError(s.t, err)
	for _, i := range page.Items {
		cancelled = append(cancelled, i.User.FullName)
	}
	require.ElementsMatch(s.t, want, cancelled)
	require.Empty(s.t, s.tasksBy(f))
}
