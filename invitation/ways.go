package invitation

// Ways are the channels on which messages of one invitation can travel at a
// moment.
type Ways struct {
	Channel Channel // the invitation's own
	Policy  Policy
	MDM     bool // a command can be queued for the device, and wake it
	Alert   bool // the device has a live alert channel
	Mail    bool // the user has an address
}

func (w Ways) open(c Channel) bool {
	switch c {
	case ChannelMDM:
		return w.MDM
	case ChannelAlert:
		return w.Alert
	default:
		return w.Mail
	}
}

// First is the channel of the first delivery: the planned one, or under auto
// what stands in for it where it has gone since; empty: it can not leave.
func (w Ways) First() Channel {
	if w.open(w.Channel) {
		return w.Channel
	}
	return w.Instead()
}

// Instead is the channel that stands in for the invitation's own, the best
// first; empty: none may or can. Only auto lets another channel stand in.
func (w Ways) Instead() Channel {
	if w.Policy != PolicyAuto {
		return ""
	}
	for _, c := range []Channel{ChannelMDM, ChannelAlert, ChannelMail} {
		if c != w.Channel && w.open(c) {
			return c
		}
	}
	return ""
}

// Push is the channel of a reminder by push; empty: none.
func (w Ways) Push() Channel {
	switch instead := w.Instead(); {
	case !w.Channel.Push():
		return ""
	case w.open(w.Channel):
		return w.Channel
	case instead.Push():
		return instead
	}
	return ""
}

// Reach is how reminders can travel.
func (w Ways) Reach() Reach {
	return Reach{Push: w.Push() != "", Mail: w.Mail && (w.Policy != PolicyPush || w.Channel == ChannelMail)}
}

// Reminder lists the channels that a reminder leaves on; none: it is passed over.
func (w Ways) Reminder(via Via) []Channel {
	var list []Channel
	if push := w.Push(); push != "" && via != ViaMail {
		list = append(list, push)
	}
	if w.Reach().Mail && via != ViaPush {
		list = append(list, ChannelMail)
	}
	return list
}
