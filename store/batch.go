package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxParams bounds a statement. PostgreSQL takes 65,535 parameters and SQLite
// 32,766, but SQLite's driver looks each one up among all others.
const maxParams = 1024

// insertRows inserts rows of columns in as few statements as the limits allow.
// The suffix ("ON CONFLICT (id) DO NOTHING") may be empty. It returns how many
// rows were written.
func insertRows(ctx context.Context, tx *Tx, table string, columns []string, rows [][]any, suffix string) (int64, error) {
	var written int64
	size := max(1, maxParams/len(columns))
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	for batch := range slices.Chunk(rows, size) {
		args := make([]any, 0, len(batch)*len(columns))
		for _, row := range batch {
			args = append(args, row...)
		}
		// Only full batches have a text that comes again.
		n, err := tx.execute(ctx, head+tuples(len(batch), len(columns))+" "+suffix, args, len(batch) == size)
		if err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// tuples writes n groups of width parameters: "(?,?),(?,?)".
func tuples(n, width int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", width), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(one+",", n), ",")
}

// inClause writes "column IN (?,...)" with its arguments. The list is padded to
// a power of two by repeating its last value, so that a pool meets few texts.
// An empty list matches nothing. Lists above maxIn are the caller's to chunk.
func inClause(column string, values []string) (clause string, args []any) {
	if len(values) == 0 {
		return "1 = 0", nil
	}
	size := 1
	for size < len(values) {
		size *= 2
	}
	args = make([]any, size)
	for i := range args {
		args[i] = values[min(i, len(values)-1)]
	}
	return fmt.Sprintf("%s IN (%s)", column, strings.TrimSuffix(strings.Repeat("?,", size), ",")), args
}

// maxIn is the longest list for inClause.
const maxIn = 1024

// columnList splits "id, name" into its columns.
func columnList(columns string) []string { return strings.Split(columns, ", ") }
