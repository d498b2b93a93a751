import { describe, expect, test } from 'vitest'
import { isIdentityOf } from '../../../engine/core/dead-letter/identity.ts'
import { compileFiles, filesOf } from '../compile/repository.ts'

function planOf() {
  return compileFiles(filesOf('.')).plans.find(({ plan }) => plan.mapping === 'shopify-orders')!.plan
}

describe('of an order', () => {
  const isIdentity = isIdentityOf(planOf())

  test.each(['id', 'lineItems.0.id', 'lineItems.12.id', 'shippingLines.0.id', 'shippingLines.0.title'])(
    '%s says which it is',
    (path) => expect(isIdentity(path)).toBe(true),
  )

  test.each(['name', 'email', 'lineItems.0.sku', 'lineItems.0.currentQuantity', 'note'])(
    '%s may be corrected',
    (path) => expect(isIdentity(path)).toBe(false),
  )
})

test.each(['order.name', 'order.?name.orValue(order.id)', 'order["name"]', 'string(order.name)'])(
  'told by %s it is not to be corrected in that',
  (identity) => {
    const plan = planOf()
    const isIdentity = isIdentityOf({
      ...plan,
      target: { ...plan.target, identity: [{ cel: identity }] },
    })
    expect([isIdentity('name'), isIdentity('email')]).toEqual([true, false])
  },
)
