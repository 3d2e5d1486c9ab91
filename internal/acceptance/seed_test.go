package acceptance_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"heraut/api/client"
)

// person is a made-up user, with or without a device.
type person struct {
	id, name, email string
	device          string // its id; empty: none
	token           string // of the device's alert channel; empty: none
}

// kind says what a made-up person has.
type kind int

const (
	byMail kind = iota // an address, and a device that takes no push
	byPush             // an address, and a device that does
	bare               // an address alone
)

// people makes users of the kinds that kindOf tells, all with managed
// distribution on, and a group of them.
func (s *site) people(n int, kindOf func(i int) kind) (everyone []person, group string) {
	s.Helper()
	everyone = make([]person, n)
	ids := make([]client.ID, n)
	calls, ctx := errgroup.WithContext(s.Context())
	calls.SetLimit(8)
	for i := range n {
		calls.Go(func() (err error) {
			everyone[i], err = s.create(ctx, i, kindOf(i))
			ids[i] = everyone[i].id
			return err
		})
	}
	require.NoError(s, calls.Wait())
	created := ask(s, http.StatusCreated, func() (*client.CreateGroupResponse, error) {
		return s.api.CreateGroupWithResponse(s.Context(), nil, client.GroupCreate{Name: "Group " + uuid.NewString()})
	})
	group = created.JSON201.ID
	ask(s, http.StatusOK, func() (*client.ReplaceGroupMembersResponse, error) {
		return s.api.ReplaceGroupMembersWithResponse(s.Context(), group, nil, client.GroupMembers{UserIds: &ids})
	})
	return everyone, group
}

// one makes one person.
func (s *site) one(k kind) person {
	s.Helper()
	p, err := s.create(s.Context(), 0, k)
	require.NoError(s, err)
	return p
}

func (s *site) create(ctx context.Context, i int, k kind) (person, error) {
	mark := uuid.NewString()[:8]
	p := person{
		name:  fmt.Sprintf("Person %d %s", i, mark),
		email: fmt.Sprintf("%s%d-%s@%s", cmp.Or(s.local, "p"), i, mark, s.domain),
	}
	user, err := s.api.CreateUserWithResponse(ctx, nil, client.UserCreate{
		FullName: p.name, Email: nullable.NewNullableWithValue(p.email), ManagedDistribution: new(true),
	})
	if err != nil {
		return p, err
	}
	if user.JSON201 == nil {
		return p, fmt.Errorf("making a user: %s", user.GetBody())
	}
	p.id = user.JSON201.ID
	if k == bare {
		return p, nil
	}
	err = s.addDevice(ctx, &p, fmt.Sprintf("iPad of person %d", i), k)
	return p, err
}

func (s *site) addDevice(ctx context.Context, p *person, name string, k kind) error {
	device := client.DeviceCreate{Name: name, Platform: client.Ipados, UserID: nullable.NewNullableWithValue(p.id)}
	if k == byPush {
		p.token = token()
		device.Push = &[]client.PushChannelInput{{Kind: client.PushKindAlert, Topic: topic, Token: p.token}}
	}
	created, err := s.api.CreateDeviceWithResponse(ctx, nil, device)
	if err != nil {
		return err
	}
	if created.JSON201 == nil {
		return fmt.Errorf("making a device: %s", created.GetBody())
	}
	p.device = created.JSON201.ID
	return nil
}

// token makes up a device token.
func token() string {
	first, second := uuid.New(), uuid.New()
	return fmt.Sprintf("%x%x", first[:], second[:])
}

// all makes everybody the same.
func all(k kind) func(int) kind { return func(int) kind { return k } }

// mixed makes every other one reachable by push.
func mixed(i int) kind { return []kind{byMail, byPush}[i%2] }
