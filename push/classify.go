package push

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sideshow/apns2"

	"heraut/invitation"
)

// maxAnswerText is the longest Answer of an outcome, in bytes.
const maxAnswerText = 500

// badEnvironmentKey is a reason that apns2 does not name.
const badEnvironmentKey = "BadEnvironmentKeyIdInToken"

// unrelatedKey is another one.
const unrelatedKey = "UnrelatedKeyIdInToken"

// classOf tells what an answer of APNs means. The reason decides, and for a
// reason that is not known the status (source: "Handling notification
// responses from APNs", table of status codes and of error strings).
func classOf(status int, reason string) invitation.Class {
	if status == http.StatusOK {
		return invitation.Taken
	}
	switch reason {
	case apns2.ReasonUnregistered, apns2.ReasonExpiredToken,
		apns2.ReasonBadDeviceToken, apns2.ReasonDeviceTokenNotForTopic:
		return invitation.TokenDead
	case apns2.ReasonBadCertificate, apns2.ReasonBadCertificateEnvironment, apns2.ReasonForbidden,
		apns2.ReasonTopicDisallowed, apns2.ReasonBadTopic, apns2.ReasonMissingTopic,
		apns2.ReasonMissingProviderToken, apns2.ReasonInvalidProviderToken, apns2.ReasonExpiredProviderToken,
		unrelatedKey, badEnvironmentKey, apns2.ReasonBadPath, apns2.ReasonMethodNotAllowed:
		return invitation.RouteDown
	case apns2.ReasonIdleTimeout, apns2.ReasonTooManyRequests, apns2.ReasonTooManyProviderTokenUpdates,
		apns2.ReasonInternalServerError, apns2.ReasonServiceUnavailable, apns2.ReasonShutdown:
		return invitation.Later
	case apns2.ReasonPayloadTooLarge, apns2.ReasonPayloadEmpty, apns2.ReasonBadCollapseID,
		apns2.ReasonBadExpirationDate, apns2.ReasonBadMessageID, apns2.ReasonBadPriority,
		apns2.ReasonDuplicateHeaders, apns2.ReasonInvalidPushType, apns2.ReasonMissingDeviceToken:
		return invitation.Refused
	}
	return classOfStatus(status)
}

func classOfStatus(status int) invitation.Class {
	switch {
	case status == http.StatusGone:
		return invitation.TokenDead
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= 500:
		return invitation.Later
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge:
		return invitation.Refused
	default:
		// Not a word of APNs about this device: a certificate, an address or
		// something in between is wrong.
		return invitation.RouteDown
	}
}

// outcome turns an answer into what the caller acts on.
func (a answer) outcome(now time.Time) invitation.Outcome {
	o := invitation.Outcome{
		Class:      classOf(a.status, a.reason),
		Code:       a.status,
		Answer:     a.words(),
		RetryAfter: a.retryAfter,
	}
	switch {
	case o.Class == invitation.Taken:
		o.RetryAfter = 0
	case o.Class == invitation.TokenDead:
		o.DeadSince = a.deadSince(now)
	case o.Class == invitation.Later && a.reason == apns2.ReasonIdleTimeout:
		o.RetryAfter = max(o.RetryAfter, soon)
	}
	return o
}

// deadSince is APNs' timestamp, or now when it gave none that can be true.
func (a answer) deadSince(now time.Time) time.Time {
	at := time.UnixMilli(a.timestamp).UTC()
	if a.timestamp <= 0 || at.After(now.Add(24*time.Hour)) {
		return now.UTC()
	}
	return at
}

// words are the status, the reason and what they mean for an administrator.
func (a answer) words() string {
	text := strconv.Itoa(a.status)
	if reason := oneLine(a.reason); reason != "" {
		text += " " + reason
	}
	if meaning := meaningOf(a.reason); meaning != "" {
		text += ": " + meaning
	}
	return cut(text, maxAnswerText)
}

func meaningOf(reason string) string {
	switch reason {
	case apns2.ReasonUnregistered, apns2.ReasonExpiredToken:
		return "the device token is no longer in use"
	case apns2.ReasonBadDeviceToken:
		return "the device token is wrong, or of another environment than production"
	case apns2.ReasonDeviceTokenNotForTopic:
		return "the device token belongs to another topic than the push certificate's"
	case apns2.ReasonBadCertificate:
		return "APNs does not accept the push certificate; renew it and install it again"
	case apns2.ReasonBadCertificateEnvironment:
		return "the push certificate is for another environment than production"
	case apns2.ReasonMissingProviderToken:
		return "APNs saw no push certificate"
	case apns2.ReasonTopicDisallowed, apns2.ReasonBadTopic, apns2.ReasonMissingTopic:
		return "the push certificate may not push to its topic"
	case apns2.ReasonBadPath, apns2.ReasonMethodNotAllowed:
		return "what answers is not APNs; check the address it is sought at"
	case apns2.ReasonTooManyRequests:
		return "too many pushes to this device"
	}
	return ""
}
