package bench

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"heraut/api/client"
)

// page is one page of the console.
type page struct{ name, path string }

// subject is what pages of single things are about.
type subject struct {
	everyone, class                string
	user, device, invitation, send string
	plan, classPlan                string
}

// subject finds an open invitation, with all that belongs to it, and plans for
// its class and for everybody.
func (s *server) subject(ctx context.Context, everyone string) (subject, error) {
	about := subject{everyone: everyone}
	open, err := s.firstOf(ctx, "/v1/tasks/active")
	if err != nil {
		return about, err
	}
	about.invitation, about.user, about.send = open.ID, open.User.ID, open.SendIDs[0]
	class, err := s.firstOf(ctx, "/v1/groups")
	if err != nil {
		return about, err
	}
	device, err := s.firstOf(ctx, "/v1/devices?user_id="+about.user)
	if err != nil {
		return about, err
	}
	about.class, about.device = class.ID, device.ID
	if about.classPlan, err = s.planOf(ctx, about.class); err != nil {
		return about, err
	}
	about.plan, err = s.planOf(ctx, everyone)
	return about, err
}

// planOf plans for a group.
func (s *server) planOf(ctx context.Context, group string) (string, error) {
	made, err := s.api.CreatePlanWithResponse(ctx, nil, client.PlanCreate{GroupID: &group})
	if _, err := want(http.StatusCreated, made, err); err != nil {
		return "", fmt.Errorf("planning: %w", err)
	}
	return made.JSON201.ID, nil
}

// pages are every list with its orders, filters and searches, and every Info
// page.
func (a subject) pages() []page {
	halfYear := time.Now().AddDate(0, -6, 0).Format(time.DateOnly)
	user, class, everyone := "/users/"+a.user, "/groups/"+a.class, "/groups/"+a.everyone
	return []page{
		{"first page", "/"},
		{"users", "/users"},
		{"users, down", "/users?sort=-name"},
		{"users, by change", "/users?sort=-changed"},
		{"users found by van", "/users?q=van"},
		{"users found by a surname", "/users?q=van+den+berg"},
		{"users found by nothing", "/users?q=zzzz"},
		{"users enrolled", "/users?state=enrolled"},
		{"user, Info", user + "/info"},
		{"user, content", user + "/content"},
		{"user, activity", user + "/activity"},
		{"groups", "/groups"},
		{"groups, down", "/groups?sort=-name"},
		{"groups found by 4A", "/groups?q=4A"},
		{"groups found by nothing", "/groups?q=zzzz"},
		{"a class, Info", class + "/info"},
		{"a class, members", class + "/members"},
		{"a class, content", class + "/content"},
		{"a class, activity", class + "/activity"},
		{"everybody's group, Info", everyone + "/info"},
		{"everybody's group, members", everyone + "/members"},
		{"everybody's group, forecast", everyone + "/forecast?audience=not_enrolled"},
		{"devices", "/devices"},
		{"devices, down", "/devices?sort=-name"},
		{"devices by owner", "/devices?sort=owner"},
		{"devices of nobody", "/devices?assigned=no"},
		{"devices of a platform", "/devices?platform=macos"},
		{"devices found by van", "/devices?q=van"},
		{"devices found by a surname", "/devices?q=van+den+berg"},
		{"devices found by nothing", "/devices?q=zzzz"},
		{"device, Info", "/devices/" + a.device},
		{"content", "/content"},
		{"plan for a class", "/plans/" + a.classPlan},
		{"plan for everybody", "/plans/" + a.plan},
		{"active tasks", "/tasks/active"},
		{"active tasks, oldest", "/tasks/active?sort=oldest"},
		{"active tasks, next action", "/tasks/active?sort=next_action"},
		{"active tasks by mail", "/tasks/active?channel=mail"},
		{"active tasks that wait for a device", "/tasks/active?waiting_for=device"},
		{"active tasks of a class", "/tasks/active?group_id=" + a.class},
		{"active tasks of everybody's group", "/tasks/active?group_id=" + a.everyone},
		{"active tasks of a send", "/tasks/active?send_id=" + a.send},
		{"active tasks older than a week", "/tasks/active?age=week"},
		{"active tasks found by van", "/tasks/active?q=van"},
		{"active tasks found by a surname", "/tasks/active?q=van+den+berg"},
		{"active tasks found by nothing", "/tasks/active?q=zzzz"},
		{"completed tasks", "/tasks/completed"},
		{"completed tasks that were declined", "/tasks/completed?state=declined"},
		{"completed tasks found by a surname", "/tasks/completed?q=van+den+berg"},
		{"completed tasks found by nothing", "/tasks/completed?q=zzzz"},
		{"invitation, Info", "/invitations/" + a.invitation},
		{"sends", "/sends"},
		{"send, Info", "/sends/" + a.send},
		{"send, picture", "/sends/" + a.send + "/accepted.svg"},
		{"activity", "/activity"},
		{"activity of users", "/activity?kind=user."},
		{"activity of half a year ago", "/activity?until=" + halfYear},
		{"search for van", "/search?q=van"},
		{"search for ipad", "/search?q=ipad"},
		{"search for 4A", "/search?q=4A"},
		{"search for nothing", "/search?q=zzzz"},
		{"settings", "/settings"},
		{"preflight", "/preflight"},
	}
}
