package people

import "time"

// ImportState is how far an import is.
type ImportState string

// The states of an import.
const (
	ImportRunning   ImportState = "running"
	ImportSucceeded ImportState = "succeeded"
	ImportFailed    ImportState = "failed"
)

// Import is one run of a roster through Heraut.
type Import struct {
	ID     string
	State  ImportState
	DryRun bool
	// Done and Total count rows.
	Done, Total int
	// Report is nil until the import ends, and when it failed.
	Report *RosterReport
	// Problems is how many there are, warnings included; they are read by
	// the page. Errors is how many lines were not kept.
	Problems, Errors int
	Failure          string // a sentence, when State is ImportFailed
	CreatedAt        time.Time
	UpdatedAt        time.Time
	FinishedAt       time.Time
}

// Severity tells what a problem did.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // the line was not kept
	SeverityWarning Severity = "warning" // something beside it was left aside
)

// ImportProblem is one thing wrong with an imported file.
type ImportProblem struct {
	N        int // 1, 2, 3 ... within the import
	Severity Severity
	File     string
	Line     int
	Column   int // counted from 1; 0: the line as a whole
	Message  string
}
