package appsbooks

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

const (
	lookupCall = "lookup"
	// tokenCookie shows the token to the store, which tells of custom apps only
	// to who owns them.
	tokenCookie = "itvt"
)

// Name asks the store what an app or a book is called there, in a language
// ("nl") where it has that; empty for what it does not have (any more). The
// location tells which store and country it buys in. The answer is bare of
// Apple's numbers, so that an error is of the status alone (source: "Getting
// app and book information (Legacy)").
func (c *Client) Name(ctx context.Context, at ClientConfig, adamID, language string) (string, error) {
	s, err := c.Service(ctx)
	if err != nil || s.Lookup == "" {
		return "", err
	}
	if err := c.wait(ctx, s.Limits.RequestsPerSecond); err != nil {
		return "", err
	}
	got, err := c.exchange(ctx, request{call: lookupCall, address: s.Lookup, shown: true, query: url.Values{
		"version": {"2"}, "id": {adamID}, "p": {"mdm-lockup"}, "caller": {"MDM"}, "l": {language},
		"platform": {cmp.Or(at.Platform, "enterprisestore")}, "cc": {strings.ToLower(cmp.Or(at.Country, "us"))},
	}})
	if err != nil {
		return "", err
	}
	if got.status != http.StatusOK {
		return "", &Error{Call: lookupCall, Status: got.status, Class: Retry, RetryAfter: soon, Message: "the store does not tell what apps and books are called"}
	}
	var said struct {
		Results map[string]struct {
			Name string `json:"name"`
		} `json:"results"`
	}
	if err := json.Unmarshal(got.body, &said); err != nil {
		return "", unreadable(lookupCall, err)
	}
	return oneLine(strings.TrimSpace(said.Results[adamID].Name)), nil
}
