package console

import (
	"encoding/csv"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"heraut/people"
)

// problemsAtOnce is how many problems of an import are read at a time.
const problemsAtOnce = 500

// importProblems gives all problems of an import as a CSV file for
// spreadsheets, in the visitor's language.
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
	if _, err := io.WriteString(v.c.Response(), byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(v.c.Response())
	out.UseCRLF = true
	if err := out.Write([]string{v.t("imports.file"), v.t("imports.line"), v.t("imports.column"), v.t("imports.severity"), v.t("imports.message")}); err != nil {
		return err
	}
	for {
		for _, p := range page.Items {
			if err := out.Write(v.problemCells(p)); err != nil {
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

// problemCells are one line of the file; the page has a colon behind the
// severity.
func (v *visit) problemCells(p people.ImportProblem) []string {
	severity := strings.TrimSuffix(v.t("imports.severity."+string(p.Severity)), ":")
	return []string{safeCell(p.File), strconv.Itoa(p.Line), strconv.Itoa(p.Column), severity, safeCell(v.words.Fault(p.Message))}
}

// safeCell keeps a spreadsheet from taking a text for a formula (source: OWASP,
// CSV injection).
func safeCell(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}
