package bench

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// Figure is one measured number.
type Figure struct {
	Benchmark string  `json:"benchmark"`
	Name      string  `json:"name"`
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`
	// P95 is what 95 of 100 stayed below, where Value is a median; 0 elsewhere.
	P95 float64 `json:"p95,omitempty"`
	// Goal is what the figure should be, such as "<= 60"; empty: none is set.
	Goal string `json:"goal,omitempty"`
	// Met tells whether the goal is met; without a goal it is nil.
	Met *bool `json:"met,omitempty"`
	// Note says what else belongs to the figure.
	Note string `json:"note,omitempty"`
}

// Text is the value with three significant digits, with the 95th percentile
// behind it where there is one.
func (f Figure) Text() string {
	if f.P95 == 0 {
		return significant(f.Value)
	}
	return significant(f.Value) + " (p95 " + significant(f.P95) + ")"
}

func significant(v float64) string {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	digits := max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// figure adds a number without a goal.
func (r *run) figure(name string, value float64, unit, note string) {
	r.figures = append(r.figures, Figure{Benchmark: r.name, Name: name, Value: value, Unit: unit, Note: note})
}

// atMost adds a number that should not be above the goal.
func (r *run) atMost(goal float64, name string, value float64, unit, note string) {
	r.goal("<= ", goal, value <= goal, name, value, unit, note)
}

// atLeast adds a number that should not be below the goal.
func (r *run) atLeast(goal float64, name string, value float64, unit, note string) {
	r.goal(">= ", goal, value >= goal, name, value, unit, note)
}

func (r *run) goal(sign string, goal float64, met bool, name string, value float64, unit, note string) {
	r.figures = append(r.figures, Figure{
		Benchmark: r.name, Name: name, Value: value, Unit: unit, Note: note,
		Goal: sign + strconv.FormatFloat(goal, 'f', -1, 64), Met: &met,
	})
}

// median adds the median of times, with their 95th percentile.
func (r *run) median(name string, times []time.Duration, note string) {
	r.figures = append(r.figures, Figure{
		Benchmark: r.name, Name: name, Value: quantile(times, 0.5), P95: quantile(times, 0.95), Unit: "ms", Note: note,
	})
}

// medianAtMost is median with a goal, in milliseconds.
func (r *run) medianAtMost(goal float64, name string, times []time.Duration) {
	r.atMost(goal, name, quantile(times, 0.5), "ms", "")
	r.figures[len(r.figures)-1].P95 = quantile(times, 0.95)
}

// quantile is the time in milliseconds below which a part q of the times lies.
func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	at := int(math.Ceil(q*float64(len(sorted)))) - 1
	return milliseconds(sorted[max(at, 0)])
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
