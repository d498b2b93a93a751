import type { Order, Refund, ShopState } from '../state.ts'
import {
  type Currency,
  financialStatus,
  inCurrency,
  lineAmounts,
  received,
  refunded,
  sum,
  totalsOf,
} from '../totals.ts'
import { customerNode } from './customer.ts'
import { lineNode, shippingNode, taxLines } from './line.ts'
import { addressNode, bag, gid, instant, instantOrNull } from './values.ts'

/** An order as GraphQL gives it. Connections are plain lists here; pages are made of them when they are asked for. */
export function orderNode(state: ShopState, order: Order) {
  const customer = order.customerId === null ? undefined : state.customers.get(order.customerId)
  const status = financialStatus(order)
  const shipping = order.shipping.map((line) => shippingNode(order, line))
  const codes = order.discounts.filter(({ kind }) => kind === 'code').map(({ title }) => title)
  const taxed = order.lines.some((line) => line.taxed) || order.shipping.some((line) => line.taxed)
  return {
    __typename: 'Order',
    id: gid('Order', order.id),
    legacyResourceId: String(order.id),
    name: order.name,
    number: Number(order.name.replace(/\D/g, '')),
    createdAt: instant(order.createdAt),
    updatedAt: instant(order.updatedAt),
    processedAt: instant(order.createdAt),
    cancelledAt: instantOrNull(order.cancelledAt),
    cancelReason: order.cancelledAt === null ? null : 'CUSTOMER',
    closed: order.closedAt !== null,
    closedAt: instantOrNull(order.closedAt),
    confirmed: true,
    confirmationNumber: null,
    test: order.test,
    email: order.email,
    phone: order.phone,
    note: order.note,
    tags: order.tags,
    poNumber: order.poNumber,
    sourceName: 'web',
    sourceIdentifier: null,
    currencyCode: 'USD',
    presentmentCurrencyCode: order.currency,
    taxesIncluded: order.taxesIncluded,
    taxExempt: order.taxExempt,
    dutiesIncluded: false,
    displayFinancialStatus: status,
    displayFulfillmentStatus: order.fulfillments.length > 0 ? 'FULFILLED' : 'UNFULFILLED',
    discountCode: codes[0] ?? null,
    discountCodes: codes,
    paymentGatewayNames: order.transactions.some((one) => one.status === 'PENDING')
      ? ['manual']
      : ['shopify_payments'],
    edited: order.edited,
    estimatedTaxes: false,
    fullyPaid: status === 'PAID',
    unpaid: status === 'PENDING',
    requiresShipping: true,
    returnStatus: order.refunds.some(({ lines }) => lines.some(({ restock }) => restock === 'RETURN'))
      ? 'RETURNED'
      : 'NO_RETURN',
    statusPageUrl: `https://acme.example/orders/${order.id}/status`,
    subtotalLineItemsQuantity: sum(order.lines.map((line) => line.quantity)),
    currentSubtotalLineItemsQuantity: sum(order.lines.map((line) => line.currentQuantity)),
    totalWeight: '0',
    currentTotalWeight: '0',
    customerLocale: 'en',
    clientIp: null,
    customAttributes: order.attributes,
    ...orderMoney(order),
    taxLines: taxed ? taxLines(order, (currency) => totalsOf(order, currency, 'ordered').tax) : [],
    currentTaxLines: taxed ? taxLines(order, (currency) => totalsOf(order, currency, 'current').tax) : [],
    customer: customer === undefined ? null : customerNode(state, customer),
    billingAddress: addressNode(order.billing, `${order.id}?model_name=Address&kind=billing`),
    shippingAddress: addressNode(order.shippingTo, `${order.id}?model_name=Address&kind=shipping`),
    shippingLine: shipping[0] ?? null,
    shippingLines: shipping,
    lineItems: order.lines.map((line) => lineNode(state, order, line)),
    transactions: order.transactions.map((one) => ({
      __typename: 'OrderTransaction',
      id: gid('OrderTransaction', one.id),
      kind: one.kind,
      status: one.status,
      gateway: one.status === 'PENDING' ? 'manual' : 'shopify_payments',
      formattedGateway: one.status === 'PENDING' ? 'Manual' : 'Shopify Payments',
      paymentId: `#${one.id}.1`,
      test: order.test,
      createdAt: instant(one.at),
      processedAt: instant(one.at),
      amountSet: bag(order, (currency) => inCurrency(order, currency, one.amount)),
    })),
    refunds: order.refunds.map((refund) => refundNode(state, order, refund)),
    fulfillments: order.fulfillments.map((one) => ({
      __typename: 'Fulfillment',
      id: gid('Fulfillment', one.id),
      name: `${order.name}-F1`,
      status: 'SUCCESS',
      displayStatus: 'FULFILLED',
      createdAt: instant(one.at),
      updatedAt: instant(one.at),
      trackingInfo: [
        { company: one.company, number: one.number, url: `https://tracking.example/${one.number}` },
      ],
    })),
  }
}

function orderMoney(order: Order) {
  const before = {
    presentment: totalsOf(order, 'presentment', 'ordered'),
    shop: totalsOf(order, 'shop', 'ordered'),
  }
  const now = {
    presentment: totalsOf(order, 'presentment', 'current'),
    shop: totalsOf(order, 'shop', 'current'),
  }
  const of = (cents: number) => bag(order, (currency) => inCurrency(order, currency, cents))
  const per = (centsIn: (currency: Currency) => number) => bag(order, centsIn)
  const zero = of(0)
  const paid = received(order)
  const back = refunded(order)
  const shippingBack = sum(order.shipping.map((line) => line.refunded))
  const duties = order.duties === 0 ? null : of(order.duties)
  return {
    subtotalPriceSet: per((currency) => before[currency].subtotal),
    currentSubtotalPriceSet: per((currency) => now[currency].subtotal),
    totalDiscountsSet: per((currency) => before[currency].discounts),
    currentTotalDiscountsSet: per((currency) => now[currency].discounts),
    cartDiscountAmountSet: zero,
    currentCartDiscountAmountSet: zero,
    totalShippingPriceSet: per((currency) => before[currency].shipping),
    currentShippingPriceSet: per((currency) => now[currency].shipping),
    totalTaxSet: per((currency) => before[currency].tax),
    currentTotalTaxSet: per((currency) => now[currency].tax),
    totalPriceSet: per((currency) => before[currency].total),
    currentTotalPriceSet: per((currency) => now[currency].total),
    originalTotalPriceSet: per((currency) => order.placed[currency]),
    currentTotalDutiesSet: duties,
    originalTotalDutiesSet: duties,
    currentTotalAdditionalFeesSet: null,
    originalTotalAdditionalFeesSet: null,
    totalTipReceivedSet: of(order.tip),
    totalReceivedSet: of(paid),
    netPaymentSet: of(paid - back),
    totalCapturableSet: zero,
    totalOutstandingSet: order.cancelledAt === null ? of(now.presentment.total - paid + back) : zero,
    totalRefundedSet: of(back),
    totalRefundedShippingSet: of(shippingBack),
  }
}

function refundNode(state: ShopState, order: Order, refund: Refund) {
  return {
    __typename: 'Refund',
    id: gid('Refund', refund.id),
    legacyResourceId: String(refund.id),
    note: refund.note,
    createdAt: instant(refund.at),
    processedAt: instant(refund.at),
    updatedAt: instant(refund.at),
    totalRefundedSet: bag(order, (currency) => inCurrency(order, currency, refund.paid)),
    refundLineItems: refund.lines.map((taken) => {
      const line = order.lines.find(({ id }) => id === taken.line)!
      const share = (currency: Currency) => lineAmounts(order, line, currency, taken.quantity)
      return {
        __typename: 'RefundLineItem',
        id: gid('RefundLineItem', taken.id),
        quantity: taken.quantity,
        restockType: taken.restock,
        restocked: taken.restock !== 'NO_RESTOCK',
        lineItem: () => lineNode(state, order, line),
        subtotalSet: bag(order, (currency) => share(currency).net),
        totalTaxSet: bag(order, (currency) => share(currency).tax),
      }
    }),
  }
}
