package worker_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"heraut/activities"
	"heraut/invitation"
	"heraut/worker"
)

// colleague is the activities of a second process on the same store.
func (s *school) colleague() *activities.Activities {
	return &activities.Activities{
		Ledger: s.store, Mailer: s.outbox, Pusher: s.outbox, Users: s.users, Engine: s.users,
		Limits: s.deeds.Limits, Log: s.deeds.Log, Owner: "colleague",
	}
}

func TestWorkerTakesOverAPageOfAnother(t *testing.T) {
	s := newIdleSchool(t)
	s.deeds.Limits.Mails = 2
	users := s.addUsers(20)
	var taken atomic.Int64
	halfway, stopped := make(chan struct{}), make(chan struct{})
	s.outbox.onTake = func(invitation.Message) {
		if taken.Add(1) == 5 {
			close(halfway)
			<-stopped // on the wire while its worker ends
		}
	}
	first := worker.New(s.engine.Client(t, client.Options{}), s.deeds, worker.Options{StopTimeout: time.Millisecond})
	require.NoError(t, first.Start())
	send := s.inviteGroup(s.group(users), month)
	<-halfway

	first.Stop()
	s.deeds = s.colleague()
	s.open()
	close(stopped)

	s.eventually(func() bool { return len(s.outbox.copies()) == len(users) }, "all mails leave")
	s.rests(send.WorkflowID)
	s.outbox.requireOnce(t, len(users))
	for _, user := range users {
		s.rests(invitation.UserWorkflowID(user))
	}
}

// A worker that Temporal takes for dead may go on beside its successor.
func TestTwoWorkersOnOnePageSendEachMailOnce(t *testing.T) {
	s := newIdleSchool(t)
	send := s.send(invitation.Request{GroupID: s.group(s.addUsersAlone(60))}, month)
	in := activities.WritePageInput{SendID: send.ID}

	var both errgroup.Group
	for _, deeds := range []*activities.Activities{s.deeds, s.colleague()} {
		both.Go(func() error {
			_, err := deeds.WriteAndDeliver(t.Context(), in)
			return err
		})
	}

	require.NoError(t, both.Wait())
	s.outbox.requireOnce(t, 60)
	sent, err := s.store.Send(t.Context(), send.ID)
	require.NoError(t, err)
	require.Equal(t, 60, sent.Counts[invitation.Sent])
}
