package workflows_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/testsuite"

	"heraut/activities"
)

// desk plays the activities of one user by a script and writes down what is
// asked of it and when.
type desk struct {
	env *testsuite.TestWorkflowEnvironment

	mu         sync.Mutex
	deliveries []activities.NextResult
	records    []activities.NextResult
	failing    int // the next so many records fail
	log        []string
	timers     []time.Duration
	cancelled  int // timers
}

func newDesk(env *testsuite.TestWorkflowEnvironment) *desk {
	d := &desk{env: env}
	env.OnActivity(do.DeliverUser, mock.Anything, ada).Return(d.deliver).Maybe()
	env.OnActivity(do.Record, mock.Anything, ada).Return(d.record).Maybe()
	env.SetOnTimerScheduledListener(func(_ string, wait time.Duration) { d.timers = append(d.timers, wait) })
	env.SetOnTimerCanceledListener(func(string) { d.cancelled++ })
	return d
}

func (d *desk) deliver(context.Context, activities.UserInput) (activities.NextResult, error) {
	d.note("deliver")
	return d.take(&d.deliveries), nil
}

func (d *desk) record(context.Context, activities.UserInput) (activities.NextResult, error) {
	d.note("record")
	if d.fails() {
		return activities.NextResult{}, errAway
	}
	return d.take(&d.records), nil
}

func (d *desk) fails() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failing--
	return d.failing >= 0
}

// take takes the next line of the script; its last line stands for ever.
func (d *desk) take(script *[]activities.NextResult) activities.NextResult {
	d.mu.Lock()
	defer d.mu.Unlock()
	first := (*script)[0]
	if len(*script) > 1 {
		*script = (*script)[1:]
	}
	return first
}

func (d *desk) note(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, fmt.Sprintf("%s on day %d", what, int(d.env.Now().Sub(began)/(24*time.Hour))))
}
