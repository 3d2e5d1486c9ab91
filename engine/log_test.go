package engine

import (
	"bytes"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

func newTestLog() (*bytes.Buffer, serverLog, <-chan error) {
	var text bytes.Buffer
	fatal := make(chan error, 1)
	logger := serverLog{
		logger:   slog.New(slog.NewTextHandler(&text, nil)),
		level:    slog.LevelWarn,
		fatal:    func(err error) { fatal <- err },
		stopping: &atomic.Bool{},
	}
	return &text, logger, fatal
}

func TestServerLogKeepsLevelAndTags(t *testing.T) {
	text, logger, _ := newTestLog()

	tagged := log.With(logger, tag.Service("history"))
	tagged.Debug("one")
	tagged.Info("two")
	tagged.Warn("three", tag.Error(errors.New("disk is slow")))
	tagged.DPanic("four")

	require.NotContains(t, text.String(), "one")
	require.NotContains(t, text.String(), "two")
	require.Contains(t, text.String(), `level=WARN msg=three service=history error="disk is slow"`)
	require.Contains(t, text.String(), `level=ERROR msg=four service=history`)
}

func TestServerLogDropsNoise(t *testing.T) {
	text, logger, _ := newTestLog()

	logger.Warn("HTTP API port has not been set. And so on")
	logger.Error("service failures", tag.Error(errors.New("GetTaskQueue: context canceled")))
	require.Empty(t, text.String())

	logger.stopping.Store(true)
	logger.Error("the others have gone")
	require.Empty(t, text.String())
}

func TestFatalEndsTheGoroutineAndIsReported(t *testing.T) {
	_, logger, fatal := newTestLog()
	ended := make(chan bool, 1)
	go func() {
		returned := false
		defer func() { ended <- returned }()
		logger.Fatal("Failed to serve", tag.Error(errors.New("listener closed")))
		returned = true
	}()

	require.False(t, <-ended, "Fatal must not return")
	require.EqualError(t, <-fatal, "Failed to serve: listener closed")
}

func TestPanicPanics(t *testing.T) {
	_, logger, _ := newTestLog()
	require.PanicsWithError(t, "broken", func() { logger.Panic("broken") })
}
