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

// groupName is a group's name; its id where that can not be read.
func (s *server) groupName(ctx context.Context, id string) string {
	got, err := ask(s, http.StatusOK, func() (*client.GetGroupResponse, error) { return s.GetGroupWithResponse(ctx, id) })
	if err != nil {
		return id
	}
	return got.JSON200.Name
}

// userName is a user's name; the id where that can not be read.
func (s *server) userName(ctx context.Context, id string) string {
	got, err := ask(s, http.StatusOK, func() (*client.GetUserResponse, error) { return s.GetUserWithResponse(ctx, id) })
	if err != nil {
		return id
	}
	return got.JSON200.FullName
}

// deviceName is a device's name; the id where that can not be read.
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
