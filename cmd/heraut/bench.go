//go:build !lean

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"heraut/internal/bench"
)

// benching is what `heraut bench` was asked.
type benching struct {
	size        string
	databaseURL string
	asJSON      bool
	keep        bool
}

func newBench() *cobra.Command {
	var b benching
	var list strings.Builder
	for _, one := range bench.All() {
		fmt.Fprintf(&list, "  %-8s %s\n", one.Name, one.Summary)
	}
	cmd := &cobra.Command{
		Use:   "bench [NAME...]",
		Short: "Measure this binary on this machine",
		Long: "Starts `heraut serve` in a temporary folder on free ports, drives it by REST, plays the mail server,\n" +
			"and reads what the process used from the system.\n\n" + list.String(),
		Example:   "  heraut bench mail --size medium\n  heraut bench --size full --json >figures.json",
		ValidArgs: bench.Names(),
		RunE:      b.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&b.size, "size", "small", "`SIZE`: small, medium or full")
	flags.StringVar(&b.databaseURL, "database-url", "", "an empty PostgreSQL database to measure import and lists in as well, a `URL`")
	flags.BoolVar(&b.asJSON, "json", false, "print the figures as JSON")
	flags.BoolVar(&b.keep, "keep", false, "keep the temporary folder")
	return cmd
}

func (b *benching) run(cmd *cobra.Command, names []string) (err error) {
	defer func() {
		if _, wrong := errors.AsType[*bench.ChoiceError](err); wrong {
			err = usageError{err}
		}
	}()
	size, err := bench.SizeOf(b.size)
	if err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return wrap(err, "finding this binary")
	}
	dir, err := os.MkdirTemp("", "heraut-bench-")
	if err != nil {
		return wrap(err, "making a folder")
	}
	if b.keep {
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "keeping", dir) // a hint that fails is no reason to stop
	} else {
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	status := newStatus(cmd.ErrOrStderr())
	figures, err := bench.Run(cmd.Context(), bench.Options{
		Executable: exe, Dir: dir, Names: names, Size: size, DatabaseURL: b.databaseURL, Progress: status.show,
	})
	status.end()
	return errors.Join(err, b.print(cmd.OutOrStdout(), figures))
}

func (b *benching) print(out io.Writer, figures []bench.Figure) error {
	if b.asJSON {
		return printJSON(out, figures)
	}
	t := newTable(out, "BENCHMARK", "FIGURE", "VALUE", "UNIT", "GOAL", "MET", "NOTE")
	for _, f := range figures {
		met := ""
		switch {
		case f.Met != nil && *f.Met:
			met = "yes"
		case f.Met != nil:
			met = "NO"
		}
		t.row(f.Benchmark, f.Name, f.Text(), f.Unit, f.Goal, met, f.Note)
	}
	return t.flush()
}

// status is one line on a terminal that is written over, and nothing elsewhere.
type status struct{ out io.Writer }

func newStatus(out io.Writer) *status {
	if !terminal(out) {
		out = io.Discard
	}
	return &status{out}
}

func (s *status) show(line string) {
	_, _ = fmt.Fprintf(s.out, "\r\x1b[K%s", clean(line)) // a line that fails is no reason to stop
}

func (s *status) end() {
	_, _ = fmt.Fprint(s.out, "\r\x1b[K") // as in show
}
