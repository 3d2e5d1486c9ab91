package bench

import (
	"context"
	"fmt"
	"strings"
)

// inserter writes rows of one table, many to a statement. Its first fault ends
// it, and end tells.
type inserter struct {
	exec  func(query string, args ...any) error
	head  string
	width int

	pending []any
	written int
	err     error
}

// rowsAtOnce keeps statements below a thousand parameters, which both
// databases take quickly.
const rowsAtOnce = 50

func (f *filler) into(ctx context.Context, table, columns string) *inserter {
	return &inserter{
		exec:  func(query string, args ...any) error { return f.exec(ctx, query, args...) },
		head:  "INSERT INTO " + table + " (" + columns + ") VALUES ",
		width: strings.Count(columns, ",") + 1,
	}
}

// add writes one row.
func (in *inserter) add(values ...any) {
	if in.err != nil {
		return
	}
	in.pending = append(in.pending, values...)
	if len(in.pending) == rowsAtOnce*in.width {
		in.flush()
	}
}

func (in *inserter) flush() {
	rows := len(in.pending) / in.width
	if rows == 0 || in.err != nil {
		return
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", in.width), ",") + ")"
	in.err = in.exec(in.head+strings.TrimSuffix(strings.Repeat(one+",", rows), ","), in.pending...)
	in.pending = in.pending[:0]
	in.written += rows
}

// end writes the rest.
func (in *inserter) end() error {
	in.flush()
	if in.err != nil {
		return fmt.Errorf("%s, before row %d: %w", in.head, in.written, in.err)
	}
	return nil
}
