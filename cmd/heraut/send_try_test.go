package main

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	triedPlan = "6f1c2f0e-58f4-4c7a-9d2c-0b6f3d1f6a55"
	triedSend = `{"id": "7f1c2f0e-58f4-4c7a-9d2c-0b6f3d1f6a55", "plan_id": "` + triedPlan + `", "state": "running"}`
)

// losing sends a plan and loses its first answers, each in its own way.
func losing(t *testing.T, lost ...http.HandlerFunc) (flags []string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	return answering(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/v1/plans/"+triedPlan+"/send", r.URL.Path)
		if n := int(asked.Add(1)); n <= len(lost) {
			lost[n-1](w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if len(lost) == 0 {
			w.WriteHeader(http.StatusAccepted)
		}
		_, _ = w.Write([]byte(triedSend)) // the client's end tells
	}), asked
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func failing(w http.ResponseWriter, _ *http.Request) {
	problem(w, http.StatusServiceUnavailable, map[string]any{"code": "unavailable", "detail": "The database does not answer."})
}

func stale(w http.ResponseWriter, _ *http.Request) {
	problem(w, http.StatusConflict, map[string]any{"code": "plan_expired", "detail": "The plan has expired."})
}

func TestSendAsksAgainWhenTheAnswerIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		lost  []http.HandlerFunc
		says  string
		asked int64
	}{
		"at once":  {nil, "is on its way", 1},
		"cut":      {[]http.HandlerFunc{cut}, "is on its way", 2},
		"a fault":  {[]http.HandlerFunc{failing}, "is on its way", 2},
		"repeated": {[]http.HandlerFunc{cut, failing}, "is on its way", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags, asked := losing(t, c.lost...)
			out := done(t, append([]string{"send", triedPlan, "--digest", "d"}, flags...)...)
			assert.Contains(t, out, c.says)
			assert.Equal(t, c.asked, asked.Load())
		})
	}
}

func TestSendThatIsRefusedIsNotTriedAgain(t *testing.T) {
	flags, asked := losing(t, stale)
	r := cli(t, append([]string{"send", triedPlan, "--digest", "d"}, flags...)...)
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, int64(1), asked.Load())
	assert.NotContains(t, r.errs, "Nobody knows")

	flags, asked = losing(t, cut, stale)
	r = cli(t, append([]string{"send", triedPlan, "--digest", "d"}, flags...)...)
	assert.Contains(t, r.errs, "The plan has expired")
	assert.Equal(t, int64(2), asked.Load())
	assert.NotContains(t, r.errs, "Nobody knows", "the plan would be sent by now")

	r = cli(t, append([]string{"send", triedPlan, "--digest", "d", "--server", "http://127.0.0.1:1"}, flags[2:]...)...)
	assert.Equal(t, exitFailed, r.code, "nothing has left: nobody waits")
	assert.NotContains(t, r.errs, "Nobody knows")
}

func TestSendThatGivesUpSaysHowToFindOut(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	flags, _ := losing(t, cut, func(http.ResponseWriter, *http.Request) {
		cancel()
		cut(nil, nil)
	})
	var out, errs bytes.Buffer
	code := run(ctx, append([]string{"send", triedPlan, "--digest", "d"}, flags...), strings.NewReader(""), &out, &errs)
	require.NotEqual(t, exitDone, code)
	assert.Contains(t, errs.String(), "Nobody knows whether the plan was sent: `heraut send "+triedPlan+" --digest d --server "+flags[1])
}
