package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// serverLog brings what the server logs to slog. The server means Fatal to end
// the process; here it ends the goroutine that called it, and the engine
// reports the failure to its owner, who stops in good order.
type serverLog struct {
	logger *slog.Logger
	level  slog.Leveler
	fatal  func(error)
	// stopping is set once the engine stops: its services then complain of
	// each other's absence, and the outcome is what Stop returns.
	stopping *atomic.Bool
}

// needless are warnings by design, by their beginnings: what they call for is
// not wanted here.
var needless = []string{
	"HTTP API port has not been set.", // it would be one more listener without a sign-in
}

var _ log.WithLogger = serverLog{}

// Debug implements log.Logger.
func (l serverLog) Debug(msg string, tags ...tag.Tag) { l.log(slog.LevelDebug, msg, tags) }

// Info implements log.Logger.
func (l serverLog) Info(msg string, tags ...tag.Tag) { l.log(slog.LevelInfo, msg, tags) }

// Warn implements log.Logger.
func (l serverLog) Warn(msg string, tags ...tag.Tag) { l.log(slog.LevelWarn, msg, tags) }

// Error implements log.Logger.
func (l serverLog) Error(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

// DPanic implements log.Logger: a panic in development, an error here.
func (l serverLog) DPanic(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

// Panic implements log.Logger.
func (l serverLog) Panic(msg string, tags ...tag.Tag) {
	l.log(slog.LevelError, msg, tags)
	panic(describe(msg, tags))
}

// Fatal implements log.Logger. It does not return.
func (l serverLog) Fatal(msg string, tags ...tag.Tag) {
	l.log(slog.LevelError, msg, tags)
	l.fatal(describe(msg, tags))
	runtime.Goexit()
}

// With implements log.WithLogger.
func (l serverLog) With(tags ...tag.Tag) log.Logger {
	l.logger = slog.New(l.logger.Handler().WithAttrs(attributes(tags)))
	return l
}

func (l serverLog) log(level slog.Level, msg string, tags []tag.Tag) {
	if level < l.level.Level() {
		return
	}
	if l.stopping.Load() || noise(msg, tags) {
		level = slog.LevelDebug
	}
	//nolint:sloglint // the message is the server's
	l.logger.LogAttrs(context.Background(), level, msg, attributes(tags)...)
}

// noise tells lines that need nobody's attention.
func noise(msg string, tags []tag.Tag) bool {
	if slices.ContainsFunc(needless, func(start string) bool { return strings.HasPrefix(msg, start) }) {
		return true
	}
	// A caller that left, such as a worker that stops, is no fault.
	return strings.Contains(cause(tags), "context canceled")
}

func attributes(tags []tag.Tag) []slog.Attr {
	attrs := make([]slog.Attr, len(tags))
	for i, t := range tags {
		attrs[i] = slog.Any(t.Key(), t.Value())
	}
	return attrs
}

// describe makes an error of a log line, with the cause that a tag holds.
func describe(msg string, tags []tag.Tag) error {
	if text := cause(tags); text != "" {
		return fmt.Errorf("%s: %s", msg, text)
	}
	return errors.New(msg)
}

func cause(tags []tag.Tag) string {
	for _, t := range tags {
		if strings.EqualFold(t.Key(), "error") {
			return fmt.Sprint(t.Value())
		}
	}
	return ""
}
