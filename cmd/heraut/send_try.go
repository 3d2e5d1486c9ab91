package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"heraut/api/client"
)

// sendTry is the sending of one plan, again where the answer is lost: the same
// plan is never sent twice.
type sendTry struct {
	api        *server
	id, digest string
	// tell is where a lost answer is told.
	tell io.Writer
}

// run sends the plan; again tells whether an answer was lost. Before an error
// after which nobody knows more it tells how to find out.
func (s sendTry) run(ctx context.Context) (got *client.SendPlanResponse, again bool, err error) {
	var p patience
	for ; ; again = true {
		got, err = ask(s.api, 0, func() (*client.SendPlanResponse, error) {
			return s.api.SendPlanWithResponse(ctx, s.id, &client.SendPlanParams{}, client.PlanSend{Digest: s.digest})
		})
		switch {
		case err == nil, !again && !lostAnswer(err):
			return got, again, err
		case !p.allows(err):
			return got, again, s.unknown(err)
		}
		if !again {
			_, _ = fmt.Fprintln(s.tell, "The server's answer was lost; asking again with the same plan.") // who can not read it still gets the answer
		}
		if err := pause(ctx, watchPause); err != nil {
			return got, again, s.unknown(err)
		}
	}
}

// lostAnswer tells whether the plan may have been sent all the same: unless the
// server refused it, or could not even be reached.
func lostAnswer(err error) bool {
	if problem, answered := errors.AsType[*apiError](err); answered {
		return problem.Status >= 500
	}
	call, failed := errors.AsType[*net.OpError](err)
	return !failed || call.Op != "dial"
}

// unknown tells what nobody knows after the last error, unless the server has
// refused by it.
func (s sendTry) unknown(err error) error {
	problem, answered := errors.AsType[*apiError](err)
	if !answered || problem.Status >= 500 || problem.Status == http.StatusTooManyRequests {
		_, _ = fmt.Fprintf(s.tell, "Nobody knows whether the plan was sent: `heraut send %s --digest %s%s` finds out, and sends it once at most.\n",
			s.id, s.digest, s.api.flags) // the error follows in any case
	}
	return err
}
