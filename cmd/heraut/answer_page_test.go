package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// newAnswerPage serves invitation pages for any path, and tells each answer
// as "<path> <answer>". It returns its address.
func newAnswerPage(t *testing.T, answers chan<- string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			answers <- r.URL.Path + " " + r.PostFormValue("answer")
		}
		_, _ = fmt.Fprint(w, `<form method="post"><button name="answer" value="accept">Yes</button>
			<button name="answer" value="decline">No</button></form>`) // the reader may be gone
	}))
	t.Cleanup(server.Close)
	return server.URL
}
