package smtpsim_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/simulator/smtp"
)

const letter = "From: <a@school.test>\r\nTo: <b@school.test>\r\nMessage-ID: <1@school.test>\r\n" +
	"Subject: =?utf-8?q?Caf=C3=A9?=\r\n\r\nSee http://school.test/i/x.\r\n.dot\r\n"

func start(t *testing.T, o smtpsim.Options) *smtpsim.Sink {
	t.Helper()
	sink, err := smtpsim.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sink.Close()) })
	return sink
}

func send(sink *smtpsim.Sink, to string) error {
	return smtp.SendMail(sink.Addr(), nil, "a@school.test", []string{to}, []byte(letter))
}

func TestSinkKeepsWhatItTook(t *testing.T) {
	sink := start(t, smtpsim.Options{})
	require.NoError(t, send(sink, "b@school.test"))
	require.NoError(t, send(sink, "c@school.test"))
	require.NoError(t, sink.Wait(t.Context(), 2))

	require.Len(t, sink.Messages(), 2)
	require.Equal(t, map[string]int{"1@school.test": 2}, sink.Copies())
	m := sink.MessagesTo("C@school.test")[0]
	require.Equal(t, 2, m.Number)
	require.Equal(t, "a@school.test", m.From)
	require.Equal(t, "Café", m.Subject)
	require.Equal(t, letter, string(m.Data))
	require.Equal(t, []string{"http://school.test/i/x"}, m.Links())
	_, found := sink.Message(3)
	require.False(t, found)
}

func TestSinkWaitEndsWithItsContext(t *testing.T) {
	sink := start(t, smtpsim.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, sink.Wait(ctx, 1), context.Canceled)
}

func TestSinkBoundsItsMemory(t *testing.T) {
	sink := start(t, smtpsim.Options{HeadersOnly: true, Limit: 2})
	for range 5 {
		require.NoError(t, send(sink, "b@school.test"))
	}
	messages := sink.Messages()
	require.Len(t, messages, 2)
	require.Equal(t, 5, messages[1].Number)
	require.Nil(t, messages[1].Data)
	require.Len(t, messages[1].SHA256, 64)
	require.Equal(t, 5, sink.Total())
	require.Equal(t, map[string]int{"1@school.test": 5}, sink.Copies())
}

func TestRuleReadsFromJSON(t *testing.T) {
	var rules []smtpsim.Rule
	require.NoError(t, json.Unmarshal([]byte(
		`[{"phase":"rcpt","recipient":"*@full.test","code":452,"text":"Full","count":1}]`), &rules))
	sink := start(t, smtpsim.Options{Rules: rules})
	require.NoError(t, send(sink, "b@school.test"))
	require.ErrorContains(t, send(sink, "b@full.test"), "Full")
	require.NoError(t, send(sink, "b@full.test"))
	require.Equal(t, 1, sink.Played(smtpsim.PhaseRcpt))
}

func TestRuleCountsPerRecipient(t *testing.T) {
	sink := start(t, smtpsim.Options{Rules: []smtpsim.Rule{
		{Phase: smtpsim.PhaseRcpt, Code: 450, Count: 1, PerRecipient: true},
	}})
	for _, to := range []string{"b@school.test", "c@school.test"} {
		require.ErrorContains(t, send(sink, to), "450")
		require.NoError(t, send(sink, to))
	}
}

func TestRuleWithProbabilityIsRepeatable(t *testing.T) {
	play := func() (played string) {
		sink := start(t, smtpsim.Options{Seed: 7, Rules: []smtpsim.Rule{
			{Phase: smtpsim.PhaseMail, Code: 451, Probability: 0.5},
		}})
		for range 12 {
			if send(sink, "b@school.test") != nil {
				played += "x"
			} else {
				played += "."
			}
		}
		return played
	}
	first := play()
	require.Equal(t, first, play())
	require.Contains(t, first, "x")
	require.Contains(t, first, ".")
}

func TestRuleAfterDotKeepsTheMessage(t *testing.T) {
	for phase, total := range map[smtpsim.Phase]int{smtpsim.PhaseDot: 0, smtpsim.PhaseAfterDot: 1} {
		sink := start(t, smtpsim.Options{Rules: []smtpsim.Rule{{Phase: phase, Action: smtpsim.ActionReset}}})
		require.Error(t, send(sink, "b@school.test"))
		require.Equal(t, total, sink.Total(), phase)
	}
}

func TestRuleHangsUntilTheClientGoes(t *testing.T) {
	sink := start(t, smtpsim.Options{Rules: []smtpsim.Rule{{Phase: smtpsim.PhaseConnect, Action: smtpsim.ActionHang}}})
	conn, err := net.Dial("tcp", sink.Addr())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = conn.Read(make([]byte, 1))
	require.ErrorContains(t, err, "timeout")
}

func TestRulePadsReplies(t *testing.T) {
	sink := start(t, smtpsim.Options{Rules: []smtpsim.Rule{{Phase: smtpsim.PhaseConnect, Code: 421, Pad: 64 << 10}}})
	conn, err := net.Dial("tcp", sink.Addr())
	require.NoError(t, err)
	defer conn.Close()
	reply, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Greater(t, len(reply), 64<<10)
	require.True(t, strings.HasPrefix(string(reply), "421 "))
}
