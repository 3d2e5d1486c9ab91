package store

import (
	"context"
	"fmt"
	"strconv"

	"heraut/people"
)

type problemRow struct {
	N        int             `db:"n"`
	Severity people.Severity `db:"severity"`
	File     string          `db:"file"`
	Line     int             `db:"line"`
	Column   int             `db:"col"`
	Message  string          `db:"message"`
}

func (r problemRow) problem() people.ImportProblem { return people.ImportProblem(r) }

func (r problemRow) cursor() people.Cursor { return people.Cursor{Key: strconv.Itoa(r.N)} }

// AddImportProblems appends problems to an import; their numbers are given
// here.
func (s *Store) AddImportProblems(ctx context.Context, id string, problems []people.ImportProblem) error {
	err := s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		var last int
		err := tx.Get(ctx, &last, "UPDATE imports SET problems = problems + ? WHERE id = ? RETURNING problems", len(problems), id)
		if err != nil {
			return orNotFound(err, "Import not found.")
		}
		rows := make([][]any, len(problems))
		for i, p := range problems {
			rows[i] = []any{id, last - len(problems) + i + 1, string(p.Severity), p.File, p.Line, p.Column, p.Message}
		}
		_, err = insertRows(ctx, tx, "import_problems", columnList("import_id, n, severity, file, line, col, message"), rows, "")
		return err
	})
	if err != nil {
		return fmt.Errorf("adding problems to import %s: %w", id, err)
	}
	return nil
}

// ListImportProblems returns an import's problems in their order.
func (s *Store) ListImportProblems(ctx context.Context, id string, after people.Cursor, limit int) (people.Page[people.ImportProblem], error) {
	n := 0
	if after.Key != "" {
		var err error
		if n, err = strconv.Atoi(after.Key); err != nil {
			return people.Page[people.ImportProblem]{}, badCursor()
		}
	}
	var rows []problemRow
	err := s.reader().Select(ctx, &rows, `SELECT n, severity, file, line, col, message FROM import_problems
		WHERE import_id = ? AND n > ? ORDER BY n LIMIT ?`, id, n, limit+1)
	if err != nil {
		return people.Page[people.ImportProblem]{}, fmt.Errorf("listing the problems of import %s: %w", id, err)
	}
	return pageOf(rows, limit, problemRow.problem, problemRow.cursor), nil
}
