package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"heraut/people"
)

// firstParts are the first parts of all paths that the console serves.
var firstParts = []string{
	"", "account", "activity", "assets", "content", "devices", "events", "exports", "first-admin", "groups", "imports", "invitations",
	"oidc", "plans", "preferences", "preflight", "search", "sends", "set-passphrase", "settings", "sign-in", "sign-out", "tasks", "users",
}

// route is one path with the role that it needs.
type route struct {
	method, path string
	role         people.Role
	show         func(*visit) error
}

// The roles, short for the table.
const (
	viewer   = people.Viewer
	operator = people.Operator
	admin    = people.Admin
)

// get and post are the console's two methods: forms know no other.
const (
	get  = http.MethodGet
	post = http.MethodPost
)

// tables are those of all nouns.
func tables() [][]route {
	return [][]route{
		homeRoutes, usersRoutes, groupsRoutes, devicesRoutes, contentRoutes, activityRoutes, importsRoutes,
		groupsInviteRoutes, plansRoutes, sendsRoutes, tasksRoutes, invitationsRoutes, searchRoutes, liveRoutes, preferencesRoutes, settingsRoutes,
		directoriesRoutes,
	}
}

// routes adds all of them. What is not here needs no session: the assets, and
// the pages where one signs in.
func (c *Console) routes() {
	c.echo.Match([]string{http.MethodGet, http.MethodHead}, assetsPrefix+"*", echo.WrapHandler(c.assets))
	c.gate.Register(c.echo)
	for _, table := range tables() {
		for _, r := range table {
			c.add(r)
		}
	}
}

func (c *Console) add(r route) {
	handle := func(e echo.Context) error { return c.visit(e, r) }
	steps := []echo.MiddlewareFunc{c.gate.SameOrigin, c.gate.Required}
	c.echo.Add(r.method, r.path, handle, steps...)
	if r.method == get {
		c.echo.HEAD(r.path, handle, steps...)
	}
}
