package main

import (
	"context"
	"io"
	"net/http"

	"heraut/api/client"
)

// printSkipped lists who is left out, by name. The plan has ids alone, and of
// the first hundred; what can not be read is shown by its id.
func (s *server) printSkipped(ctx context.Context, out io.Writer, skipped []client.Skip) error {
	if len(skipped) == 0 {
		return nil
	}
	t := newTable(out, "USER", "DEVICE", "REASON")
	for _, skip := range skipped {
		t.row(s.userName(ctx, skip.UserID), s.deviceName(ctx, value(skip.DeviceID)), skip.Reason)
	}
	return t.flush()
}

func (s *server) userName(ctx context.Context, id string) string {
	got, err := ask(s, http.StatusOK, func() (*client.GetUserResponse, error) { return s.GetUserWithResponse(ctx, id) })
	if err != nil {
		return id
	}
	return got.JSON200.FullName
}

func (s *server) deviceName(ctx context.Context, id string) string {
	if id == "" {
		return ""
	}
	got, err := ask(s, http.StatusOK, func() (*client.GetDeviceResponse, error) { return s.GetDeviceWithResponse(ctx, id) })
	if err != nil {
		return id
	}
	return got.JSON200.Name
}
