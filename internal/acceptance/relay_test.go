package acceptance_test

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	smtpsim "heraut/simulator/smtp"
)

// closeRelay makes the relay unreachable: nothing listens at its address.
func (s *site) closeRelay() {
	s.Helper()
	require.NoError(s, s.sink.Close())
}

// openRelay puts an empty relay at the address of the closed one.
func (s *site) openRelay(rules ...smtpsim.Rule) {
	s.Helper()
	sink, err := smtpsim.New(smtpsim.Options{Listen: s.sink.Addr(), Rules: rules})
	require.NoError(s, err)
	s.sink = sink
}

// waiting are the open invitations of a send that wait for something.
func (s *site) waiting(send string, what client.WaitingFor) []client.Task {
	s.Helper()
	var found []client.Task
	for _, task := range s.active(send) {
		if value(task.WaitingFor) == what {
			found = append(found, task)
		}
	}
	return found
}

func (s *site) pause(send string) {
	s.Helper()
	ask(s, http.StatusAccepted, func() (*client.PauseSendResponse, error) {
		return s.api.PauseSendWithResponse(s.Context(), send, nil)
	})
}

func (s *site) resume(send string) {
	s.Helper()
	ask(s, http.StatusAccepted, func() (*client.ResumeSendResponse, error) {
		return s.api.ResumeSendWithResponse(s.Context(), send, nil)
	})
}

func (s *site) cancel(send string) {
	s.Helper()
	ask(s, http.StatusAccepted, func() (*client.CancelSendResponse, error) {
		return s.api.CancelSendWithResponse(s.Context(), send, nil)
	})
}
