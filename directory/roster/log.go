package roster

import "fmt"

// log gathers problems and warnings.
type log struct {
	problems, warnings []Problem
	stopped            map[string]bool
}

func (l *log) problem(file string, line, column int, message string) {
	if len(l.problems) < MaxProblems {
		l.problems = append(l.problems, Problem{file, line, column, message})
	}
}

func (l *log) warning(file string, line, column int, message string) {
	if len(l.warnings) < MaxProblems {
		l.warnings = append(l.warnings, Problem{file, line, column, message})
	}
}

// full tells whether there is no room for another problem, and says so once
// for each file whose rest is not read.
func (l *log) full(file string) bool {
	if len(l.problems) < MaxProblems {
		return false
	}
	if !l.stopped[file] {
		if l.stopped == nil {
			l.stopped = map[string]bool{}
		}
		l.stopped[file] = true
		l.problems = append(l.problems, Problem{File: file, Message: fmt.Sprintf("More than %d problems: the rest of the file was not read.", MaxProblems)})
	}
	return true
}
