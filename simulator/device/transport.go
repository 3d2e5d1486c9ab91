package devicesim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/micromdm/plist"
)

// The content types of the protocol. Source: Apple, "Implementing device
// management".
const (
	typeCheckIn = "application/x-apple-aspen-mdm-checkin"
	typeCommand = "application/x-apple-aspen-mdm; charset=UTF-8"
	typeProfile = "application/x-apple-aspen-config"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 4 << 20

// status is an answer that is not 200.
type status int

func (s status) Error() string { return fmt.Sprintf("the server answers %d", int(s)) }

// put sends a message, signed, and returns the answer's body.
func (m *management) put(ctx context.Context, client *http.Client, at, kind string, message any) ([]byte, error) {
	body, err := plist.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("encoding a message: %w", err)
	}
	signature, err := m.identity.sign(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, at, bytes.NewReader(body))
	if err != nil {
		return nil, withoutURL(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("User-Agent", "MDM/1.0")
	r.Header.Set("Mdm-Signature", signature)
	answer, _, err := exchange(client, r)
	return answer, err
}

// exchange makes a request; an answer other than 200 is an error of type
// status. After redirects r.URL is where the answer came from.
func exchange(client *http.Client, r *http.Request) (body []byte, kind string, err error) {
	response, err := client.Do(r)
	if err != nil {
		return nil, "", withoutURL(err)
	}
	defer response.Body.Close()
	r.URL = response.Request.URL
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, "", fmt.Errorf("reading the answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, "", status(response.StatusCode)
	}
	return body, response.Header.Get("Content-Type"), nil
}

// withoutURL drops the address from an error: profiles and SCEP servers are
// reached by links that carry a secret.
func withoutURL(err error) error {
	if withURL, ok := errors.AsType[*url.Error](err); ok {
		return withURL.Err
	}
	return err
}
