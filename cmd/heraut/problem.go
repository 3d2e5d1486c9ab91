package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"heraut/fault"
)

// apiError is a refusal of the API (RFC 9457).
type apiError struct {
	Status int        `json:"status"`
	Title  string     `json:"title"`
	Code   fault.Code `json:"code"`
	Detail string     `json:"detail"`
	Errors []struct {
		Pointer string `json:"pointer"`
		Message string `json:"message"`
	} `json:"errors"`
	// Difference comes with plan_stale.
	Difference *struct {
		AddedCount   int `json:"added_count"`
		RemovedCount int `json:"removed_count"`
	} `json:"difference"`
}

func readProblem(a answer) error {
	problem := &apiError{}
	if !strings.Contains(a.ContentType(), "json") || json.Unmarshal(a.GetBody(), problem) != nil || problem.Code == "" {
		return fmt.Errorf("the server answers %d %s, which is no answer of Heraut: look at --server",
			a.StatusCode(), http.StatusText(a.StatusCode()))
	}
	problem.Status = a.StatusCode()
	return problem
}

// Error implements error, as a sentence with the next step where there is one.
func (e *apiError) Error() string {
	words := strings.TrimSuffix(clean(e.Detail), ".")
	if words == "" {
		words = clean(e.Title)
	}
	for _, field := range e.Errors {
		words += fmt.Sprintf("; %s: %s", clean(field.Pointer), strings.TrimSuffix(clean(field.Message), "."))
	}
	switch e.Code {
	case fault.Unauthenticated:
		words += ": name the file of a key that works with --key-file"
	case fault.PlanStale:
		if e.Difference != nil {
			words += fmt.Sprintf(" (%d more, %d fewer)", e.Difference.AddedCount, e.Difference.RemovedCount)
		}
		words += ": plan again and look at the counts"
	}
	return fmt.Sprintf("%s (%s)", words, e.Code)
}
