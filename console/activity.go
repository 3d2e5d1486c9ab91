package console

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"heraut/fault"
	"heraut/people"
)

var activityRoutes = []route{{get, "/activity", viewer, (*visit).activity}}

// activityStore keeps the audit log.
type activityStore interface {
	// ListAudit lists changes, newest first.
	ListAudit(ctx context.Context, f people.AuditFilter, after people.Cursor, limit int) (people.Page[people.AuditEntry], error)
	// UserNames, GroupNames, DeviceNames and DirectoryNames are by id.
	UserNames(ctx context.Context, ids ...string) (map[string]string, error)
	GroupNames(ctx context.Context, ids ...string) (map[string]string, error)
	DeviceNames(ctx context.Context, ids ...string) (map[string]string, error)
	DirectoryNames(ctx context.Context, ids ...string) (map[string]string, error)
	// InvitedNames tells who has an invitation, SentNames and PlannedNames to
	// whom a send or a plan is, by their ids.
	InvitedNames(ctx context.Context, ids ...string) (map[string]string, error)
	SentNames(ctx context.Context, ids ...string) (map[string]string, error)
	PlannedNames(ctx context.Context, ids ...string) (map[string]string, error)
}

// activityKinds are the beginnings of actions that the log can be narrowed to.
var activityKinds = []string{
	"user.", "group.", "device.", "enrollment", "plan.", "send.", "invitation.", "bulk.", "tasks.", "import.", "roster.", "directory.",
	"setting.", "key.", "scim_client.", "administrator.",
}

// activityPage is the audit log, narrowed.
type activityPage struct {
	Entries []deed
	Steps   steps
	// Actor is who the log is narrowed to; ActorName is told by its entries.
	Actor, ActorName string
	Kind             string
	Kinds            []option
	Since, Until     string
	// User and Group are whose tab it is; the zero ones on the page of all.
	User  people.User
	Group people.Group
}

// activity shows all changes.
func (v *visit) activity() error {
	v.section = "activity"
	p := activityPage{Actor: v.query("actor"), Kind: v.query("kind"), Since: v.query("since"), Until: v.query("until"), Kinds: v.kinds()}
	f, err := v.auditFilter(p)
	if err != nil {
		return err
	}
	if err := v.readActivity(&p, f, "after"); err != nil {
		return err
	}
	if p.Actor != "" && len(p.Entries) > 0 {
		p.ActorName = p.Entries[0].Who
	}
	return v.show(http.StatusOK, "activity/list", nil, p)
}

func (v *visit) kinds() []option {
	options := []option{{"", v.t("activity.kind.all")}}
	for _, kind := range activityKinds {
		options = append(options, option{kind, v.t("activity.kind." + kind)})
	}
	return options
}

// auditFilter reads what the log is narrowed to; the days are the
// organization's, and the last one counts.
func (v *visit) auditFilter(p activityPage) (people.AuditFilter, error) {
	f := people.AuditFilter{ActorID: p.Actor}
	if p.Kind != "" && !slices.Contains(activityKinds, p.Kind) {
		return f, fault.Invalid(fault.Field{Pointer: "kind", Message: "There is no such kind of change."})
	}
	f.Action = p.Kind
	var err error
	if f.Since, err = v.day("since", p.Since); err != nil {
		return f, err
	}
	if f.Until, err = v.day("until", p.Until); err == nil && !f.Until.IsZero() {
		f.Until = f.Until.AddDate(0, 0, 1)
	}
	return f, err
}

// day is the beginning of a day that a date field gives; empty: the zero time.
func (v *visit) day(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	zone := v.org.Location
	if zone == nil {
		zone = time.UTC
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return day, fault.Invalid(fault.Field{Pointer: field, Message: "Give a day such as 2026-11-30."})
	}
	return day, nil
}

// readActivity reads the part of the log whose place stands in the address
// under a name.
func (v *visit) readActivity(p *activityPage, f people.AuditFilter, place string) error {
	at, err := v.placeAt(place)
	if err != nil {
		return err
	}
	page, err := v.Store.ListAudit(v.ctx(), f, at, paneLimit)
	if err != nil {
		return err
	}
	p.Steps = v.stepsOf(place, page.Next)
	p.Entries, err = v.deeds(page.Items)
	return err
}

func (v *visit) userActivity() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p := activityPage{User: user}
	if err := v.readActivity(&p, people.AuditFilter{TargetID: user.ID}, "from"); err != nil {
		return err
	}
	return v.showUser(http.StatusOK, "users/activity", user.ID, p)
}

func (v *visit) groupActivity() error {
	group, err := v.Store.Group(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p := activityPage{Group: group}
	if err := v.readActivity(&p, people.AuditFilter{TargetID: group.ID}, "from"); err != nil {
		return err
	}
	return v.showGroup(http.StatusOK, "groups/activity", group.ID, p)
}

func (v *visit) deeds(entries []people.AuditEntry) ([]deed, error) {
	names, err := v.targetNames(entries)
	if err != nil {
		return nil, err
	}
	deeds := make([]deed, len(entries))
	for i, e := range entries {
		if deeds[i], err = v.deed(e, names[e.TargetID]); err != nil {
			return nil, err
		}
	}
	return deeds, nil
}

// targetNames tells what the targets of entries are called now, or whose they
// are: many entries do not say it.
func (v *visit) targetNames(entries []people.AuditEntry) (map[string]string, error) {
	ids := map[string][]string{}
	for _, e := range entries {
		ids[e.TargetKind] = append(ids[e.TargetKind], e.TargetID)
	}
	all := map[string]string{}
	for kind, read := range map[string]func(context.Context, ...string) (map[string]string, error){
		"user": v.Store.UserNames, "enrollment": v.Store.UserNames, "group": v.Store.GroupNames, "device": v.Store.DeviceNames,
		"directory": v.Store.DirectoryNames, "invitation": v.Store.InvitedNames, "send": v.Store.SentNames, "plan": v.Store.PlannedNames,
	} {
		names, err := read(v.ctx(), ids[kind]...)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, names)
	}
	return all, nil
}
