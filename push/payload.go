package push

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/sideshow/apns2"
	"github.com/sideshow/apns2/payload"

	"heraut/invitation"
	"heraut/people"
)

// otherTopic is the answer for a device that registered for another topic than
// the certificate's. Another channel may stand in, but the token is as alive as
// before: with a certificate of its topic it works, so that it was dead at no
// time that counts.
func otherTopic() invitation.Outcome {
	return invitation.Outcome{
		Class: invitation.TokenDead, DeadSince: time.Unix(0, 0).UTC(),
		Answer: "The device's push topic is not that of the installed push certificate.",
	}
}

// request makes the APNs request of a notification, or says in a sentence why
// it can not be sent to this device.
func request(n Notification, topic string, now time.Time) (*apns2.Notification, string) {
	token, ok := tokenBytes(n.Token)
	switch {
	case !ok:
		return nil, "The device token is not hexadecimal."
	case !validApnsID(n.ApnsID):
		return nil, "The apns-id is not a lowercase UUID."
	}
	body, kind, problem := content(n)
	if problem != "" {
		return nil, problem
	}
	if n.Expiration.Unix() <= 0 {
		// Without the header APNs tries once, and a device that is briefly
		// offline never gets the push.
		n.Expiration = now.Add(maxStored)
	}
	return &apns2.Notification{
		ApnsID:      n.ApnsID,
		CollapseID:  collapseID(n.CollapseID),
		DeviceToken: hex.EncodeToString(token),
		Topic:       topic,
		Expiration:  n.Expiration,
		Priority:    apns2.PriorityHigh,
		Payload:     body,
		PushType:    kind,
	}, ""
}

// content encodes the payload of a notification.
func content(n Notification) (body []byte, kind apns2.EPushType, problem string) {
	var err error
	switch n.Kind {
	case people.PushMDM:
		if n.PushMagic == "" {
			return nil, "", "The device has no push magic."
		}
		// Not apns2's Payload.Mdm: it adds an empty "aps", and Apple asks for
		// the mdm key alone.
		kind = apns2.PushTypeMDM
		body, err = json.Marshal(map[string]string{"mdm": n.PushMagic})
	case people.PushAlert:
		kind = apns2.PushTypeAlert
		body, err = alertContent(n)
	default:
		return nil, "", "The kind of push is neither mdm nor alert."
	}
	if err != nil || len(body) > maxPayload {
		return nil, "", "The notification is larger than the 4096 bytes that APNs takes."
	}
	return body, kind, ""
}

func alertContent(n Notification) ([]byte, error) {
	p := payload.NewPayload().AlertTitle(n.Title).AlertBody(n.Body).Sound("default")
	if n.Link != "" {
		p.Custom("link", n.Link)
	}
	return json.Marshal(p)
}
