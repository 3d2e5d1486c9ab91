package appsbooks

import "time"

// SetServiceAge lets a test read the service config more often.
func (c *Client) SetServiceAge(age time.Duration) { c.serviceAge = age }

// ParseTokenAt is ParseToken at another time.
func ParseTokenAt(file []byte, now time.Time) (Token, error) { return parseToken(file, now) }

// RetryAfter reads the header.
func RetryAfter(header string, now time.Time) time.Duration { return retryAfter(header, now) }

// Departures are the times at which requests may leave that all want to at
// once, on a clock of one's own.
func Departures(perSecond int, during time.Duration) (at []time.Time) {
	t := newTurn()
	t.limit(perSecond)
	start := time.Now()
	for now := start; now.Before(start.Add(during)); now = now.Add(time.Millisecond) {
		if t.limiter.AllowN(now, 1) {
			at = append(at, now)
		}
	}
	return at
}
