package console

import (
	"context"
	"net/http"
	"slices"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

var plansRoutes = []route{
	{post, "/plans", operator, (*visit).createPlan},
	{get, "/plans/:id", viewer, (*visit).plan},
	{post, "/plans/:id/again", operator, (*visit).planAgain},
	{post, "/plans/:id/mend", operator, (*visit).mendPlan},
	{post, "/plans/:id/send", operator, (*visit).sendPlan},
}

// plansStore keeps plans, and what is said about them.
type plansStore interface {
	settings.Reader
	CreatePlan(ctx context.Context, actor people.Actor, r invitation.Request) (invitation.Plan, error)
	Plan(ctx context.Context, id string) (invitation.Plan, error)
	NamedTargets(ctx context.Context, planID string, after people.Cursor, limit int) (people.Page[invitation.NamedTarget], error)
	PlanSkips(ctx context.Context, planID string, reason invitation.Reason, after people.Cursor, limit int) (people.Page[invitation.NamedSkip], error)
	PreviewPlanLately(ctx context.Context, r invitation.Request, policies ...invitation.Policy) (invitation.Preview, error)
	NamesOf(ctx context.Context, userIDs, deviceIDs []string) (invitation.Names, error)
	ForecastLicenses(ctx context.Context, planID string) ([]content.Forecast, error)
	Group(ctx context.Context, id string) (people.Group, error)
	UpdateGroup(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.Group) (people.Group, error)) (people.Group, error)
}

// Plans confirms plans.
type Plans interface {
	// SendPlan returns the same send again, fresh false, for a plan that was sent.
	SendPlan(ctx context.Context, actor people.Actor, planID, digest string, s invitation.Schedule) (send invitation.Send, fresh bool, err error)
}

var planFields = []string{"user_id", "group_id", "device_id", "audience", "channel", "email"}

// createPlan freezes a plan and shows it; nothing leaves before Send.
func (v *visit) createPlan() error {
	f, err := v.submitted(planFields...)
	if err != nil {
		return err
	}
	request, err := v.planRequest(f)
	if err == nil && f.Values["email"] != "" {
		err = v.saveAddress(request.UserID, f.Values["email"])
	}
	if err != nil {
		return v.planRefused(f, request, err)
	}
	return v.planned(f, request)
}

// planned plans and shows the plan.
func (v *visit) planned(f form, request invitation.Request) error {
	plan, err := v.Store.CreatePlan(v.ctx(), v.actor(), request)
	if err != nil {
		return v.planRefused(f, request, err)
	}
	if !v.inDialog() {
		return v.c.Redirect(http.StatusSeeOther, "/plans/"+plan.ID)
	}
	return v.confirmation(http.StatusOK, confirmation{Plan: plan})
}

// planRequest reads what is to be planned, with the defaults filled in.
func (v *visit) planRequest(f form) (invitation.Request, error) {
	r := invitation.Request{
		UserID: f.Values["user_id"], GroupID: f.Values["group_id"],
		Audience: invitation.Audience(f.Values["audience"]), Policy: invitation.Policy(f.Values["channel"]),
	}
	if id := f.Values["device_id"]; id != "" {
		r.DeviceIDs = []string{id}
	}
	if r.Audience == "" {
		r.Audience = invitation.NotEnrolled
	}
	if r.Policy == "" {
		defaults, _, err := settings.ReadInvitations(v.ctx(), v.Store)
		if err != nil {
			return r, err
		}
		r.Policy = defaults.DefaultChannel
	}
	known := []invitation.Policy{invitation.PolicyAuto, invitation.PolicyPush, invitation.PolicyMail, invitation.PolicyBoth}
	audiences := []invitation.Audience{invitation.NotInvited, invitation.NotEnrolled}
	if !slices.Contains(known, r.Policy) || !slices.Contains(audiences, r.Audience) {
		return r, fault.New(fault.InvalidRequest, "This can not be planned. Use the buttons of a user or a group.")
	}
	return r, nil
}

// refusedPlan is what the page says of a plan that could not be made.
type refusedPlan struct {
	Form form
	// Back is where one came from.
	Back string
	// Address tells that an address was typed, and may be typed again.
	Address bool
	// Dialog tells that the answer stays in the dialog.
	Dialog bool
}

// planRefused says why there is no plan, with the address to type once more
// where that was wrong.
func (v *visit) planRefused(f form, r invitation.Request, err error) error {
	if err := v.refuse(&f, err); err != nil {
		return err
	}
	data := refusedPlan{Form: f, Back: backOf(r), Address: f.Errors["email"] != "", Dialog: v.inDialog()}
	return v.dialog(http.StatusUnprocessableEntity, "plans/refused", "refused", data)
}

// backOf is the page that a plan was asked for on.
func backOf(r invitation.Request) string {
	if r.GroupID != "" {
		return "/groups/" + r.GroupID + "/info"
	}
	return "/users/" + r.UserID + "/info"
}

// inDialog tells that htmx fills the dialog with the answer.
func (v *visit) inDialog() bool { return v.live() && v.target() == "dialog" }

// dialog shows a block in the dialog, or the page of it.
func (v *visit) dialog(status int, name, block string, data any) error {
	if v.inDialog() {
		return v.write(status, name, block, data)
	}
	return v.show(status, name, nil, data)
}

// plan shows a plan that was made.
func (v *visit) plan() error {
	plan, err := v.Store.Plan(v.ctx(), v.id())
	if err != nil {
		return err
	}
	c := confirmation{Plan: plan}
	if q := v.c.Request().URL.Query(); q.Has("next") { // from mending, without script
		c.Mending = &mending{next: q.Get("next")}
	}
	return v.confirmation(http.StatusOK, c)
}

// planAgain makes a new plan of the same request.
func (v *visit) planAgain() error {
	f, err := v.submitted("channel")
	if err != nil {
		return err
	}
	plan, err := v.Store.Plan(v.ctx(), v.id())
	if err != nil {
		return err
	}
	if f.Values["channel"] == string(invitation.PolicyMail) {
		plan.Request.Policy = invitation.PolicyMail
	}
	return v.planned(f, plan.Request)
}
