package console

import "time"

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
