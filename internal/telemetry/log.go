// Package telemetry makes what shows how a process fares: its log, and its
// figures for Prometheus. Neither holds secrets, addresses or names.
package telemetry

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"golang.org/x/term"
)

// Formats of a log. Auto is text on a terminal and JSON elsewhere.
const (
	FormatAuto = "auto"
	FormatText = "text"
	FormatJSON = "json"
)

// NewLogger makes a logger that writes to w from a level (debug, info, warn,
// error) on. Values under names that promise a secret or an address are
// hidden, whoever logs them.
func NewLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	options := &slog.HandlerOptions{ReplaceAttr: hide}
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("reading the log level %q: %w", level, err)
	}
	options.Level = least
	switch {
	case format == FormatText, format == FormatAuto && terminal(w):
		return slog.New(slog.NewTextHandler(w, options)), nil
	case format == FormatJSON, format == FormatAuto:
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, fmt.Errorf("reading the log format %q: use auto, text or json", format)
}

func terminal(w io.Writer) bool {
	file, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}

// telling are the parts of names whose values stay out of every log.
var telling = []string{"address", "authorization", "cookie", "email", "magic", "password", "secret", "token"}

// places are names of places on the network, which are no people's addresses.
var places = []string{"local_address", "temporal_address"}

// hide is the last wall: callers do not log such values to begin with.
func hide(_ []string, a slog.Attr) slog.Attr {
	name := strings.ToLower(a.Key)
	if a.Value.Kind() == slog.KindGroup || slices.Contains(places, name) {
		return a
	}
	if slices.ContainsFunc(telling, func(word string) bool { return strings.Contains(name, word) }) {
		return slog.String(a.Key, "(hidden)")
	}
	return a
}
