package console

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"heraut/people"
)

// problemsAtOnce is how many problems of an import are read at a time.
const problemsAtOnce = 500

// importProblems gives all problems of an import as a CSV file.
func (v *visit) importProblems() error {
	job, err := v.Store.Import(v.ctx(), v.id())
	if err != nil {
		return err
	}
	page, err := v.Store.ListImportProblems(v.ctx(), job.ID, people.Cursor{}, problemsAtOnce)
	if err != nil {
		return err
	}
	h := v.c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="problems.csv"`)
	v.c.Response().WriteHeader(http.StatusOK)
	out := csv.NewWriter(v.c.Response())
	if err := out.Write([]string{"file", "line", "column", "severity", "message"}); err != nil {
		return err
	}
	for {
		for _, p := range page.Items {
			row := []string{safeCell(p.File), strconv.Itoa(p.Line), strconv.Itoa(p.Column), string(p.Severity), safeCell(v.words.Fault(p.Message))}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		out.Flush()
		if page.Next == nil || out.Error() != nil {
			return out.Error()
		}
		if page, err = v.Store.ListImportProblems(v.ctx(), job.ID, *page.Next, problemsAtOnce); err != nil {
			return err
		}
	}
}

// safeCell keeps a spreadsheet from taking a text for a formula (source: OWASP,
// CSV injection).
func safeCell(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}
