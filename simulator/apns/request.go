package apnssim

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	devicePath      = "/3/device/"
	maxPayload      = 4096
	maxCollapseID   = 64
	mdmTopicPrefix  = "com.apple.mgmt."
	maxTokenHex     = 400
	defaultPriority = 10
)

var (
	canonicalUUID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	lowerHex      = regexp.MustCompile(`^([0-9a-f]{2})+$`)
	pushTypes     = map[string]bool{
		"alert": true, "background": true, "mdm": true, "voip": true, "complication": true,
		"fileprovider": true, "location": true, "liveactivity": true, "pushtotalk": true,
	}
	onceOnly = []string{"Apns-Id", "Apns-Topic", "Apns-Push-Type", "Apns-Priority", "Apns-Expiration", "Apns-Collapse-Id"}
)

// refusal is an error answer of APNs.
type refusal struct {
	status    int
	reason    string
	timestamp int64 // milliseconds since 1970; 0: none
	retry     int   // Retry-After in seconds; 0: none
}

func bad(reason string) *refusal { return &refusal{status: http.StatusBadRequest, reason: reason} }

// read checks a request as APNs does and makes a notification of it.
func read(r *http.Request) (Notification, *refusal) {
	n := Notification{At: time.Now().UTC(), ApnsID: r.Header.Get("apns-id"), CollapseID: r.Header.Get("apns-collapse-id"), PushType: r.Header.Get("apns-push-type")}
	checks := []func(*Notification, *http.Request) *refusal{
		checkPath, checkHeaders, checkTopic, checkNumbers, readPayload,
	}
	for _, check := range checks {
		if refused := check(&n, r); refused != nil {
			return n, refused
		}
	}
	return n, nil
}

func checkPath(n *Notification, r *http.Request) *refusal {
	token, ok := strings.CutPrefix(r.URL.EscapedPath(), devicePath)
	switch {
	case r.Method != http.MethodPost:
		return &refusal{status: http.StatusMethodNotAllowed, reason: "MethodNotAllowed"}
	case !ok:
		return &refusal{status: http.StatusNotFound, reason: "BadPath"}
	case token == "":
		return bad("MissingDeviceToken")
	case !lowerHex.MatchString(token) || len(token) > maxTokenHex:
		return bad("BadDeviceToken")
	}
	n.Token = token
	return nil
}

func checkHeaders(n *Notification, r *http.Request) *refusal {
	for _, name := range onceOnly {
		if len(r.Header[name]) > 1 {
			return bad("DuplicateHeaders")
		}
	}
	switch {
	case n.ApnsID != "" && !canonicalUUID.MatchString(n.ApnsID):
		return bad("BadMessageId")
	case len(n.CollapseID) > maxCollapseID:
		return bad("BadCollapseId")
	case n.PushType != "" && !pushTypes[n.PushType]:
		return bad("InvalidPushType")
	}
	return nil
}

func checkTopic(n *Notification, r *http.Request) *refusal {
	allowed, ok := topicOf(r.TLS)
	if !ok {
		return &refusal{status: http.StatusForbidden, reason: "MissingProviderToken"}
	}
	if allowed == "" {
		return &refusal{status: http.StatusForbidden, reason: "BadCertificate"}
	}
	n.Topic = r.Header.Get("apns-topic")
	if n.Topic == "" {
		n.Topic = allowed
	}
	if n.Topic != allowed {
		return bad("TopicDisallowed")
	}
	if (n.PushType == "mdm") != strings.HasPrefix(n.Topic, mdmTopicPrefix) && n.PushType != "" {
		return bad("InvalidPushType")
	}
	return nil
}

func checkNumbers(n *Notification, r *http.Request) *refusal {
	n.Priority = defaultPriority
	if text := r.Header.Get("apns-priority"); text != "" {
		priority, err := strconv.Atoi(text)
		if err != nil || (priority != 10 && priority != 5 && priority != 1) {
			return bad("BadPriority")
		}
		n.Priority = priority
	}
	text := r.Header.Get("apns-expiration")
	if text == "" {
		return nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 {
		return bad("BadExpirationDate")
	}
	if seconds > 0 {
		n.Expiration = time.Unix(seconds, 0).UTC()
	}
	return nil
}

func readPayload(n *Notification, r *http.Request) *refusal {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload+1))
	switch {
	case err != nil || len(body) == 0 || !json.Valid(body):
		return bad("PayloadEmpty")
	case len(body) > maxPayload:
		return &refusal{status: http.StatusRequestEntityTooLarge, reason: "PayloadTooLarge"}
	}
	n.Payload = body
	return nil
}
