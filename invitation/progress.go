package invitation

import "time"

// MaxPoints is how many points a picture of progress has at most.
const MaxPoints = 200

// Point is how many invitations of a send were settled in each state by a
// moment, all before it included.
type Point struct {
	At      time.Time
	Settled map[State]int
}

// Points adds up how many invitations were settled at which moments, in steps
// of a bucket from a moment on; what was settled before stands in the first
// point. The last point is at or after until.
func Points(settled []Settled, from, until time.Time, bucket time.Duration) []Point {
	if bucket <= 0 || until.Before(from) {
		return nil
	}
	if most := until.Sub(from)/(MaxPoints-1) + 1; bucket < most {
		bucket = most
	}
	n := int((until.Sub(from)+bucket-1)/bucket) + 1
	points := make([]Point, n)
	for i := range points {
		points[i] = Point{At: from.Add(time.Duration(i) * bucket), Settled: map[State]int{}}
	}
	for _, s := range settled {
		i := 0
		if s.At.After(from) {
			i = int((s.At.Sub(from) + bucket - 1) / bucket)
		}
		if i < n {
			points[i].Settled[s.State] += s.N
		}
	}
	for i := 1; i < n; i++ {
		for state, count := range points[i-1].Settled {
			points[i].Settled[state] += count
		}
	}
	return points
}

// Settled is how many invitations were settled in a state at a moment.
type Settled struct {
	At    time.Time
	State State
	N     int
}
