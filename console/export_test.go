package console

import (
	"time"

	"heraut/people"
)

// Hurry makes live pages do in moments what takes them seconds and minutes.
func (c *Console) Hurry(every, heartbeat, recount, gateAgain time.Duration) {
	c.hub.rhythm = rhythm{every: every, heartbeat: heartbeat, recount: recount, gateAgain: gateAgain}
}

// Feeds tells how many things are read for live pages now.
func (c *Console) Feeds() int {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	return len(c.hub.feeds)
}

// Row is a route as its table has it.
type Row struct {
	Method, Path string
	Role         people.Role
}

// Rows are the routes of all tables.
func Rows() []Row {
	var rows []Row
	for _, table := range tables() {
		for _, r := range table {
			rows = append(rows, Row{r.method, r.path, r.role})
		}
	}
	return rows
}

// Registered are all routes that answer, as "GET /users".
func (c *Console) Registered() []string {
	var all []string
	for _, r := range c.echo.Routes() {
		all = append(all, r.Method+" "+r.Path)
	}
	return all
}

// Forget makes the next page count anew.
func (c *Console) Forget() { c.counts.forget() }
