package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

func TestInterruptEndsACommandInGoodOrder(t *testing.T) {
	binary, err := os.Executable()
	require.NoError(t, err)
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			var once sync.Once
			asked := make(chan struct{})
			flags := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				once.Do(func() { close(asked) })
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprint(w, oneTask) // the client's end tells
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, binary, append([]string{"tasks", "--watch"}, flags...)...)
			cmd.Env = []string{asCommand + "=1"}
			var errs bytes.Buffer
			cmd.Stderr = &errs
			require.NoError(t, cmd.Start())
			<-asked
			require.NoError(t, cmd.Process.Signal(signal))
			require.Error(t, cmd.Wait())
			assert.Equal(t, exitFailed, cmd.ProcessState.ExitCode())
			assert.Equal(t, "heraut: interrupted\n", errs.String())
		})
	}
}

// oneTask is a page with a task that never ends.
const oneTask = `{"next_cursor": null, "items": [{
	"id": "00000000-0000-4000-8000-000000000001", "kind": "invitation", "state": "sent", "channel": "mail", "attempts": 1,
	"user": {"id": "00000000-0000-4000-8000-000000000002", "full_name": "Anna de Vries"}, "device": null,
	"waiting_for": "answer", "next_action_at": null, "last_answer": "250 2.0.0 Ok", "new_link_asked": false, "send_ids": [],
	"created_at": "2026-01-01T00:00:00Z", "sent_at": null, "expires_at": null, "settled_at": null, "workflow_id": "w"
}]}`

func TestWatchDrawsTasks(t *testing.T) {
	page := tasksPage{TaskList: decode[client.TaskList](t, oneTask)}
	w := watch{}
	text := string(w.render(look{page: page}, true))
	assert.Contains(t, text, "1 active task\n")
	assert.Contains(t, text, "Anna de Vries")
	assert.Contains(t, text, "250 2.0.0 Ok")
	assert.Equal(t, "1 active task\n", string(w.render(look{page: page}, false)), "a log gets a line")
	var out bytes.Buffer
	require.NoError(t, w.show(&out, []byte("x"), true))
	assert.Equal(t, "\x1b[H\x1b[2Jx", out.String())
}
