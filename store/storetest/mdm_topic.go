package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// topic installs the push certificate of a topic.
func (s *campus) topic(topic string) {
	s.t.Helper()
	s.set(settings.NamePush(people.PushMDM), settings.PushCertificate{Topic: topic})
}

const oldTopic, newTopic = "com.apple.mgmt.x", "com.apple.mgmt.new"

// planOtherTopic: a device that enrolled under the topic of before can not be
// woken, by our certificate.
func planOtherTopic(s *campus) {
	s.ready()
	u := s.user("u")
	e, d := s.managed(u)
	is := func(want invitation.Channel) {
		s.t.Helper()
		require.Equal(s.t, map[invitation.Channel]int{want: 1}, s.channels(s.plan(ofUser(u))))
		read, err := s.Device(s.t.Context(), d.ID)
		require.NoError(s.t, err)
		require.Equal(s.t, want == invitation.ChannelMDM, read.Push[0].Live())
	}
	is(invitation.ChannelMDM)
	s.topic(newTopic)
	is(invitation.ChannelMail)
	require.Equal(s.t, map[invitation.Reason]int{invitation.NoChannel: 1}, s.plan(by(invitation.PolicyPush, ofUser(u))).Totals.Skipped)
	server := settings.DefaultMDMServer()
	server.Mode = settings.MDMExternal
	s.set(settings.NameMDMServer, server)
	is(invitation.ChannelMDM)
	s.set(settings.NameMDMServer, settings.DefaultMDMServer())
	is(invitation.ChannelMail)

	channel := channelOf(e)
	channel.Topic = newTopic
	s.clock.Advance(time.Second)
	s.renew(channel)
	is(invitation.ChannelMDM)
}

// deliverOtherTopic: under auto another channel stands in for what was planned
// before the topic changed, and the token works again with its certificate.
func deliverOtherTopic(s *campus) {
	s.ready()
	before, onTheWire := s.user("before"), s.user("on the wire")
	s.managed(before)
	_, d := s.managed(onTheWire)
	s.send(ofUser(before))
	s.send(ofUser(onTheWire))
	m := s.claim(onTheWire)
	require.Equal(s.t, invitation.ChannelMDM, m[0].Channel)
	s.topic(newTopic)
	require.Equal(s.t, invitation.ChannelMail, s.claim(before)[0].Channel)

	s.mark(m...)
	s.answer(invitation.Outcome{Class: invitation.TokenDead, Answer: "another topic", DeadSince: time.Unix(0, 0).UTC()}, m...)
	require.Equal(s.t, invitation.ChannelMail, s.deliver(onTheWire)[0].Channel)
	require.Equal(s.t, invitation.Sent, s.only(onTheWire).State)
	s.topic(oldTopic)
	read, err := s.Device(s.t.Context(), d.ID)
	require.NoError(s.t, err)
	require.True(s.t, read.Push[0].Live())
}
