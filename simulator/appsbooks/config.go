package appsbookssim

import (
	"encoding/json"
	"maps"
	"net/url"
	"unicode/utf8"
)

func appleLimits() map[string]int {
	return map[string]int{
		"maxUsers": 100, "maxAssets": 25, "maxClientUserIds": 1000, "maxSerialNumbers": 1000,
		"maxRevokeClientUserIds": 100, "maxRevokeSerialNumbers": 100, "maxRequestPerSecond": 15,
		"maxNotificationLength": 512, "maxMdmIdLength": 100, "maxMdmNameLength": 100, "maxMdmMetadataLength": 255,
		"maxSubscriptions": 25, "maxSubscriptionClientUserIds": 1000,
	}
}

func (s *Server) serviceConfig() map[string]any {
	at := s.URL()
	invite := s.options.InviteBase
	if invite == "" {
		invite = s.origin()
	}
	var codes []map[string]any
	for _, w := range errorTable() {
		codes = append(codes, map[string]any{"errorNumber": w.number, "errorMessage": w.words})
	}
	return map[string]any{
		"urls": map[string]string{
			"invitationEmail": invite + InvitePath + "?inviteCode=%25inviteCode%25&mt=8",
			"clientConfig":    at + "/client/config", "createUsers": at + "/users/create",
			"updateUsers": at + "/users/update", "retireUsers": at + "/users/retire", "getUsers": at + "/users",
			"eventStatus": at + "/status", "getAssets": at + "/assets", "getAssignments": at + "/assignments",
			"associateAssets": at + "/assets/associate", "disassociateAssets": at + "/assets/disassociate",
			"revokeAssets": at + "/assets/revoke", "contentMetadataLookup": s.lookupURL,
		},
		"limits":            maps.Clone(s.limits), // the lock ends before this is written out
		"notificationTypes": []string{"ASSET_MANAGEMENT", "USER_MANAGEMENT", "USER_ASSOCIATED", "ASSET_COUNT"},
		"errorCodes":        codes,
	}
}

// MDMInfo is how a management service names itself.
type MDMInfo struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Metadata string `json:"metadata"`
}

// clientConfig is what a management service has set on a location.
type clientConfig struct {
	info       *MDMInfo
	url, token string
	types      []string
}

// Claim makes a location another service's, or nobody's with a zero info.
func (s *Server) Claim(org string, info MDMInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.location(org)
	l.config.info = nil
	if info != (MDMInfo{}) {
		l.config.info = &info
	}
}

// ClaimedBy tells who has claimed a location; zero when nobody has.
func (s *Server) ClaimedBy(org string) MDMInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	if info := s.location(org).config.info; info != nil {
		return *info
	}
	return MDMInfo{}
}

func getClientConfig(c *call) (map[string]any, *failure) {
	set := c.location.config
	_, place := c.location.names()
	body := map[string]any{
		"countryISO2ACode": "NL", "defaultPlatform": "volumestore", "locationName": place,
		"websiteURL": "https://school.apple.com",
	}
	if set.url != "" {
		body["notificationUrl"], body["notificationAuthToken"] = set.url, set.token
		body["subscribedNotificationTypes"] = set.types
	}
	return body, nil
}

type clientConfigBody struct {
	Info  *MDMInfo `json:"mdmInfo"`
	URL   *string  `json:"notificationUrl"`
	Token *string  `json:"notificationAuthToken"`
	Types []string `json:"notificationTypes"`
}

// setClientConfig checks the whole, tries the notification URL, and only then
// keeps anything.
func (s *Server) setClientConfig(c *call) (map[string]any, *failure) {
	var b clientConfigBody
	if err := json.Unmarshal(c.body, &b); err != nil {
		return nil, refuse(9602)
	}
	s.mu.Lock()
	refused := b.check(s.limits)
	s.mu.Unlock()
	if refused != nil {
		return nil, refused
	}
	if b.URL != nil && *b.URL != "" && !s.tryNotification(c.request.Context(), c.location, *b.URL, *b.Token) {
		return nil, refuse(9728)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	set := &c.location.config
	if b.Info != nil {
		set.info = b.Info
	}
	if b.URL != nil {
		set.url, set.token = *b.URL, *b.Token
	}
	if b.Types != nil {
		set.types = b.Types
	}
	body, _ := getClientConfig(c) // reading refuses nothing
	return c.decorate(body), nil
}

func (b clientConfigBody) check(limits map[string]int) *failure {
	if (b.URL == nil) != (b.Token == nil) {
		return refuse(9710)
	}
	if b.URL != nil && *b.URL != "" {
		if len(*b.URL) > limits["maxNotificationLength"] || len(*b.Token) > limits["maxNotificationLength"] {
			return refuse(9711)
		}
		u, err := url.Parse(*b.URL)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return refuse(9712)
		}
	}
	if b.Info == nil {
		return nil
	}
	switch {
	case b.Info.ID == "" || b.Info.Name == "" || b.Info.Metadata == "":
		return refuse(9723)
	case utf8.RuneCountInString(b.Info.ID) > limits["maxMdmIdLength"]:
		return refuse(9724)
	case utf8.RuneCountInString(b.Info.Name) > limits["maxMdmNameLength"]:
		return refuse(9725)
	case utf8.RuneCountInString(b.Info.Metadata) > limits["maxMdmMetadataLength"]:
		return refuse(9713)
	}
	return nil
}
