package bench

import (
	"context"
	"errors"
	"slices"
	"time"

	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// pageLength is how much of a list a page of the console shows.
const pageLength = 50

// subject is what single pages are asked about.
type subject struct {
	s                         *store.Store
	everyone, class           string
	user, send, invited, plan string
}

func consoleCalls(ctx context.Context, s *store.Store, everyone string) ([]call, error) {
	about := subject{s: s, everyone: everyone}
	groups, err := s.ListGroups(ctx, people.GroupFilter{Query: "4A"}, people.Cursor{}, 1)
	if err != nil {
		return nil, err
	}
	sends, err := s.ListSends(ctx, people.Cursor{}, 1)
	if err != nil {
		return nil, err
	}
	tasks, err := s.ListActive(ctx, invitation.Filter{}, people.Cursor{}, 1)
	if err != nil {
		return nil, err
	}
	if len(groups.Items) == 0 || len(sends.Items) == 0 || len(tasks.Items) == 0 {
		return nil, errors.New("the store is empty")
	}
	about.class, about.send, about.invited = groups.Items[0].ID, sends.Items[0].ID, tasks.Items[0].ID
	about.user = tasks.Items[0].User.ID
	plan, err := s.CreatePlan(ctx, people.System("bench"), invitation.Request{GroupID: about.class, Audience: invitation.NotEnrolled, Policy: invitation.PolicyPush})
	if err != nil {
		return nil, err
	}
	about.plan = plan.ID
	var calls []call
	for _, list := range [][]call{about.people(), about.devices(), about.tasks(), about.sends(), about.pages()} {
		calls = append(calls, list...)
	}
	return calls, nil
}

// reading times a call for its own sake.
func reading[T any](name string, read func(ctx context.Context) (T, error)) call {
	return call{name: name, read: func(ctx context.Context) error {
		_, err := read(ctx)
		return err
	}}
}

// counting is reading of what is kept for a moment.
func counting[T any](name string, read func(ctx context.Context) (T, error)) call {
	c := reading(name, read)
	c.first = true
	return c
}

// start is where lists begin.
var start people.Cursor

func (a subject) users(name string, f people.UserFilter) call {
	return reading(name, func(ctx context.Context) (people.Page[people.User], error) {
		return a.s.ListUsers(ctx, f, start, pageLength)
	})
}

func (a subject) people() []call {
	search := func(query string) call {
		return reading("search of everything for "+query, func(ctx context.Context) (people.Found, error) { return a.s.Search(ctx, query, 10) })
	}
	return []call{
		a.users("users by name", people.UserFilter{}),
		a.users("users by name, down", people.UserFilter{Sort: people.ByNameDown}),
		a.users("users by change", people.UserFilter{Sort: people.ByChange}),
		a.users("users found by van", people.UserFilter{Query: "van"}),
		a.users("users found by nothing", people.UserFilter{Query: "zzzz"}),
		a.users("users enrolled, by change", people.UserFilter{State: people.Enrolled, Sort: people.ByChange}),
		a.users("users of everybody's group, down", people.UserFilter{GroupID: a.everyone, Sort: people.ByNameDown}),
		a.users("users of everybody's group, by state and query", people.UserFilter{GroupID: a.everyone, State: people.Invited, Query: "van"}),
		search("van"), search("zzzz"), search("ipad"), search("4A"),
		reading("counts of the menu", a.s.Counts),
		reading("groups by name, with counts", a.groups(people.GroupFilter{})),
		reading("groups found by 4A, with counts", a.groups(people.GroupFilter{Query: "4A"})),
		counting("groups found by e, down, with everybody's and counts", a.groups(people.GroupFilter{Query: "e", Sort: people.ByNameDown}, a.everyone)),
		counting("counts of everybody's group", func(ctx context.Context) (map[string]people.GroupCounts, error) {
			return a.s.GroupCounts(ctx, a.everyone)
		}),
	}
}

// groups reads a page of groups with what its rows show; more are counted too.
func (a subject) groups(f people.GroupFilter, more ...string) func(ctx context.Context) (map[string]people.GroupCounts, error) {
	return func(ctx context.Context) (map[string]people.GroupCounts, error) {
		page, err := a.s.ListGroups(ctx, f, start, pageLength)
		if err != nil {
			return nil, err
		}
		ids := slices.Clone(more)
		for _, g := range page.Items {
			ids = append(ids, g.ID)
		}
		return a.s.GroupCounts(ctx, ids...)
	}
}

func (a subject) devices() []call {
	list := func(name string, f people.DeviceFilter) call {
		return reading(name, func(ctx context.Context) (people.Page[people.OwnedDevice], error) {
			return a.s.ListDevices(ctx, f, start, pageLength)
		})
	}
	return []call{
		list("devices by name", people.DeviceFilter{}),
		list("devices by name, down", people.DeviceFilter{Sort: people.ByNameDown}),
		list("devices by owner", people.DeviceFilter{Sort: people.ByOwner}),
		list("devices of a platform", people.DeviceFilter{Platform: people.MacOS}),
		list("devices of nobody", people.DeviceFilter{Assigned: people.AssignedNo}),
		list("devices found by van", people.DeviceFilter{Query: "van"}),
		list("devices found by nothing", people.DeviceFilter{Query: "zzzz"}),
		list("devices found by a surname, by owner", people.DeviceFilter{Query: "van den berg", Sort: people.ByOwner}),
	}
}

func (a subject) tasks() []call {
	list := func(name string, f invitation.Filter) call {
		return reading("active tasks, "+name, func(ctx context.Context) (people.Page[invitation.Invitation], error) {
			return a.s.ListActive(ctx, f, start, pageLength)
		})
	}
	count := func(name string, f invitation.Filter) call {
		return reading("count of active tasks, "+name, func(ctx context.Context) (int, error) { return a.s.CountInvitations(ctx, f) })
	}
	done := func(name string, f invitation.Filter) call {
		return reading("completed tasks, "+name, func(ctx context.Context) (people.Page[invitation.Invitation], error) {
			return a.s.ListCompleted(ctx, f, start, pageLength)
		})
	}
	week := time.Now().AddDate(0, 0, -7)
	return []call{
		list("newest", invitation.Filter{}), list("oldest", invitation.Filter{Sort: invitation.Oldest}),
		list("next action first", invitation.Filter{Sort: invitation.NextAction}),
		list("by mail", invitation.Filter{Channel: invitation.ChannelMail}), list("by push, which are none", invitation.Filter{Channel: invitation.ChannelMDM}),
		list("that wait for an answer", invitation.Filter{WaitingFor: invitation.WaitingAnswer}),
		list("that wait for a device, which are none", invitation.Filter{WaitingFor: invitation.WaitingDevice}),
		list("found by van", invitation.Filter{Query: "van"}), list("found by a surname", invitation.Filter{Query: "van den berg"}),
		list("found by nothing", invitation.Filter{Query: "zzzz"}),
		list("older than a week", invitation.Filter{CreatedBefore: week}), list("marked", invitation.Filter{Marked: true}),
		list("of everybody's group, by next action", invitation.Filter{GroupID: a.everyone, Sort: invitation.NextAction}),
		list("of a send, oldest", invitation.Filter{SendID: a.send, Sort: invitation.Oldest}),
		count("all", invitation.Filter{}), count("of everybody's group", invitation.Filter{GroupID: a.everyone}),
		count("found by a surname", invitation.Filter{Query: "van den berg"}), count("older than a week", invitation.Filter{CreatedBefore: week}),
		count("that wait for an answer", invitation.Filter{WaitingFor: invitation.WaitingAnswer}),
		done("all", invitation.Filter{}), done("found by a surname", invitation.Filter{Query: "van den berg"}),
		done("found by nothing", invitation.Filter{Query: "zzzz"}), done("declined, of a week", invitation.Filter{State: invitation.Declined, SettledAfter: week}),
	}
}

func (a subject) sends() []call {
	return []call{
		counting("sends, one of them live", func(ctx context.Context) (people.Page[invitation.Send], error) {
			return a.s.ListSends(ctx, start, pageLength)
		}),
		counting("progress of a live send", func(ctx context.Context) ([]invitation.Point, error) {
			return a.s.SendProgress(ctx, a.send, time.Time{}, time.Hour)
		}),
	}
}

func (a subject) pages() []call {
	members := func(name, group string, state people.UserState) call {
		return reading("members of "+name+", "+string(state), func(ctx context.Context) (int, error) { return a.roll(ctx, group, state) })
	}
	audit := func(name string, f people.AuditFilter) call {
		return reading("audit log, "+name, func(ctx context.Context) (people.Page[people.AuditEntry], error) {
			return a.s.ListAudit(ctx, f, start, pageLength)
		})
	}
	return []call{
		reading("user, Info tab", a.infoOfUser),
		reading("forecast for a class", func(ctx context.Context) (invitation.Preview, error) { return a.forecast(ctx, a.class) }),
		reading("forecast for everybody's group", func(ctx context.Context) (invitation.Preview, error) { return a.forecast(ctx, a.everyone) }),
		members("a class", a.class, people.Enrolled), members("everybody's group", a.everyone, people.Enrolled),
		members("everybody's group", a.everyone, people.Invited), members("everybody's group", a.everyone, people.NotInvited),
		reading("targets of a plan", func(ctx context.Context) (people.Page[invitation.NamedTarget], error) {
			return a.s.NamedTargets(ctx, a.plan, start, pageLength)
		}),
		reading("skips of a plan", func(ctx context.Context) (people.Page[invitation.NamedSkip], error) {
			return a.s.PlanSkips(ctx, a.plan, "", start, pageLength)
		}),
		reading("timeline of an invitation", func(ctx context.Context) ([]invitation.Event, error) { return a.s.Timeline(ctx, a.invited) }),
		audit("all", people.AuditFilter{}), audit("by actor", people.AuditFilter{ActorID: a.user}), audit("by action", people.AuditFilter{Action: "user."}),
		audit("of half a year ago", people.AuditFilter{Until: time.Now().AddDate(0, -6, 0)}),
	}
}

// roll reads one list of members as a group's Info tab does.
func (a subject) roll(ctx context.Context, group string, state people.UserState) (int, error) {
	users, err := a.s.ListUsers(ctx, people.UserFilter{GroupID: group, State: state}, start, pageLength)
	if err != nil {
		return 0, err
	}
	ids := make([]string, len(users.Items))
	for i, u := range users.Items {
		ids[i] = u.ID
	}
	_, lastErr := a.s.LastInvitations(ctx, ids...)
	_, err = a.s.EnrollmentsOf(ctx, ids...)
	return len(ids), errors.Join(lastErr, err)
}

// forecast looks ahead at a plan as a group's Info tab does.
func (a subject) forecast(ctx context.Context, group string) (invitation.Preview, error) {
	r := invitation.Request{GroupID: group, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto}
	return a.s.PreviewPlan(ctx, r, invitation.PolicyAuto, invitation.PolicyMail)
}

// infoOfUser reads all that a user's Info tab shows.
func (a subject) infoOfUser(ctx context.Context) (people.Page[people.GroupOfUser], error) {
	_, userErr := a.s.User(ctx, a.user)
	_, devicesErr := a.s.ListDevices(ctx, people.DeviceFilter{UserID: a.user}, start, pageLength)
	_, openErr := a.s.ListActive(ctx, invitation.Filter{UserID: a.user}, start, pageLength)
	_, pastErr := a.s.ListCompleted(ctx, invitation.Filter{UserID: a.user}, start, pageLength)
	groups, err := a.s.GroupsOfUser(ctx, a.user, start, pageLength)
	return groups, errors.Join(userErr, devicesErr, openErr, pastErr, err)
}
