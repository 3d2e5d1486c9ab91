package appsbooks

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// MDMInfo is how a management service names itself on the location that it
// has claimed.
type MDMInfo struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Metadata string `json:"metadata"`
}

// owner watches who has claimed the location.
type owner struct {
	mu      sync.Mutex
	foreign *MDMInfo
}

// check keeps writes back while another service owns the location.
func (o *owner) check(r request) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.foreign == nil || r.body == nil || r.anyOwner {
		return nil
	}
	return &ClaimedError{Owner: *o.foreign}
}

// see takes what an answer says of the owner; nil says nothing.
func (o *owner) see(said *MDMInfo, ours string, anyOwner bool) error {
	if said == nil || said.ID == "" {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if said.ID == ours {
		o.foreign = nil
		return nil
	}
	foreign := *said
	o.foreign = &foreign
	if anyOwner {
		return nil
	}
	return &ClaimedError{Owner: foreign}
}

// ClientConfig is what the service keeps of a location and its owner.
type ClientConfig struct {
	// UID identifies the location's library: two tokens with one UID spend
	// the same licenses.
	UID          string
	Location     string
	Country      string // two letters
	Platform     string // "volumestore" or "enterprisestore"
	Website      string
	TokenExpires time.Time // zero when the service did not say
	// Owner is nil when nobody has claimed the location.
	Owner *MDMInfo

	NotificationURL   string
	NotificationToken Secret
	NotificationTypes []string
}

type clientConfigAnswer struct {
	Country     string   `json:"countryISO2ACode"`
	Platform    string   `json:"defaultPlatform"`
	Location    string   `json:"locationName"`
	MDMInfo     *MDMInfo `json:"mdmInfo"`
	URL         string   `json:"notificationUrl"`
	Token       Secret   `json:"notificationAuthToken"`
	Types       []string `json:"subscribedNotificationTypes"`
	TokenExpiry string   `json:"tokenExpirationDate"`
	UID         string   `json:"uId"`
	Website     string   `json:"websiteURL"`
}

func (a clientConfigAnswer) config() ClientConfig {
	expires, _ := time.Parse(dateLayout, a.TokenExpiry) // optional: zero when absent
	if !expires.IsZero() {
		expires = expires.UTC()
	}
	owner := a.MDMInfo
	if owner != nil && owner.ID == "" {
		owner = nil
	}
	return ClientConfig{
		UID: a.UID, Location: a.Location, Country: a.Country, Platform: a.Platform, Website: a.Website,
		TokenExpires: expires, Owner: owner,
		NotificationURL: a.URL, NotificationToken: a.Token, NotificationTypes: a.Types,
	}
}

// ClientConfig reads the location, whoever owns it.
func (c *Client) ClientConfig(ctx context.Context) (ClientConfig, error) {
	answer, err := ask[clientConfigAnswer](ctx, c, request{call: clientConfigCall, anyOwner: true})
	return answer.config(), err
}

// Owns tells whether the location is this installation's.
func (c *Client) Owns(config ClientConfig) bool {
	return config.Owner != nil && config.Owner.ID == c.mdm.ID
}

// Subscription asks for notifications. Without a URL none are asked for and
// what was asked for earlier stays.
type Subscription struct {
	// URL is https, host and path; Apple calls it while it is being set, and
	// refuses it (9728) when that does not work.
	URL   string
	Token Secret
	// Types is the whole set that is wanted, of NotificationType.
	Types []NotificationType
}

type clientConfigRequest struct {
	MDMInfo MDMInfo            `json:"mdmInfo"`
	URL     string             `json:"notificationUrl,omitempty"`
	Token   string             `json:"notificationAuthToken,omitempty"`
	Types   []NotificationType `json:"notificationTypes,omitempty"`
}

// Claim makes the location this installation's and subscribes to its
// notifications. One that another service has claimed is left alone, with a
// *ClaimedError, unless takeOver is set. Claiming twice is harmless.
func (c *Client) Claim(ctx context.Context, s Subscription, takeOver bool) (ClientConfig, error) {
	if err := s.check(); err != nil {
		return ClientConfig{}, err
	}
	now, err := c.ClientConfig(ctx)
	if err != nil {
		return now, err
	}
	if now.Owner != nil && !c.Owns(now) && !takeOver {
		return now, &ClaimedError{Owner: *now.Owner}
	}
	answer, err := ask[clientConfigAnswer](ctx, c, request{
		call:     clientConfigCall,
		body:     clientConfigRequest{MDMInfo: c.mdm, URL: s.URL, Token: string(s.Token), Types: s.Types},
		anyOwner: true,
	})
	if err != nil {
		return now, err
	}
	claimed := answer.config()
	if claimed.Owner != nil && !c.Owns(claimed) {
		return claimed, &ClaimedError{Owner: *claimed.Owner}
	}
	return claimed, nil
}

// check finds what Apple would refuse, before anything is claimed.
func (s Subscription) check() error {
	switch {
	case (s.URL == "") != (s.Token == ""):
		return errors.New("subscribing to notifications: give an address and a token, or neither")
	case s.URL != "" && (!strings.HasPrefix(s.URL, "https://") || strings.ContainsAny(s.URL, "?#")):
		return errors.New("subscribing to notifications: the address must be https, without a query")
	}
	return nil
}
