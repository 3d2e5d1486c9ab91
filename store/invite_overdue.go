package store

import (
	"strings"
	"time"

	"heraut/invitation"
)

// overdueWhere are the commands whose time for an answer is over. It differs
// by generation, and the query must say so: with a limit, those that may wait
// longer would stand before those that may not.
func overdueWhere(now Time, within time.Duration) (string, []any) {
	var either []string
	var args []any
	for generation := range invitation.LaterGenerations {
		either = append(either, "c.generation = ? AND "+heardAt+" <= ?")
		args = append(args, generation, At(now.Add(-invitation.AnswerWithin(within, generation))))
	}
	last := invitation.LaterGenerations
	either = append(either, "c.generation >= ? AND "+heardAt+" <= ?")
	args = append(args, last, At(now.Add(-invitation.AnswerWithin(within, last))))
	return "(" + strings.Join(either, " OR ") + ")", args
}
