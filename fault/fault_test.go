package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
)

func TestCodeOfLooksThroughWrapping(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want fault.Code
	}{
		"a fault":            {fault.New(fault.NotFound, "User not found."), fault.NotFound},
		"a wrapped fault":    {fmt.Errorf("reading a user: %w", fault.New(fault.Conflict, "It exists.")), fault.Conflict},
		"one of joined":      {errors.Join(errors.New("closing"), fault.New(fault.Unavailable, "Away.")), fault.Unavailable},
		"an error of no one": {errors.New("broken"), fault.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, fault.CodeOf(test.err))
			require.True(t, fault.Is(test.err, test.want))
		})
	}
	require.False(t, fault.Is(nil, fault.Internal))
}

func TestInvalidNamesEachField(t *testing.T) {
	one := fault.Invalid(fault.Field{Pointer: "/email", Message: "Give an address."})
	require.Equal(t, "The request has an error. (/email: Give an address.)", one.Error())
	two := fault.Invalid(fault.Field{Pointer: "/a", Message: "A."}, fault.Field{Pointer: "/b", Message: "B."})
	require.Equal(t, fault.InvalidRequest, two.Code)
	require.Equal(t, "The request has several errors. (/a: A.; /b: B.)", two.Error())
}
