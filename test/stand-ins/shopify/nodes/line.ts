import type { Allocation, Line, Order, Shipping, ShopState } from '../state.ts'
import {
  allocatedTo,
  type Currency,
  inCurrency,
  lineAmounts,
  roundHalfUp,
  shippingAmounts,
} from '../totals.ts'
import { productNode, variantNode } from './product.ts'
import { bag, gid, moneyNode } from './values.ts'

/** Allocations, taxes and `discountedTotalSet` of a line count the whole quantity ordered, removed and refunded units included. */
export function lineNode(state: ShopState, order: Order, line: Line) {
  const variant = line.variantId === null ? undefined : state.variants.get(line.variantId)
  const product = line.productId === null ? undefined : state.products.get(line.productId)
  const shipped = order.fulfillments.length > 0
  const ordered = (currency: Currency) => lineAmounts(order, line, currency, line.quantity)
  const now = (currency: Currency) => lineAmounts(order, line, currency, line.currentQuantity)
  /** Discounts of the whole order are never in it, codes only when asked for. */
  const own = (currency: Currency, withCodes: boolean) =>
    allocatedTo(order, line, currency, (index) => {
      const discount = order.discounts[index]!
      return discount.selection === 'EXPLICIT' && (withCodes || discount.kind !== 'code')
    })
  return {
    __typename: 'LineItem',
    id: gid('LineItem', line.id),
    name: line.variantTitle === null ? line.title : `${line.title} - ${line.variantTitle}`,
    title: line.title,
    variantTitle: line.variantTitle,
    sku: line.sku,
    vendor: line.vendor,
    quantity: line.quantity,
    currentQuantity: line.currentQuantity,
    unfulfilledQuantity: shipped ? 0 : line.currentQuantity,
    refundableQuantity: line.currentQuantity,
    nonFulfillableQuantity: line.quantity - line.currentQuantity,
    isGiftCard: false,
    requiresShipping: true,
    taxable: line.taxed,
    restockable: true,
    customAttributes: [],
    weight: null,
    product: () => (product === undefined ? null : productNode(state, product)),
    variant: () => (variant === undefined ? null : variantNode(state, variant)),
    originalUnitPriceSet: bag(order, (currency) => inCurrency(order, currency, line.unit)),
    originalTotalSet: bag(order, (currency) => ordered(currency).gross),
    discountedTotalSet: ({ withCodeDiscounts }: { withCodeDiscounts?: boolean }) =>
      bag(order, (currency) => ordered(currency).gross - own(currency, withCodeDiscounts === true)),
    discountedUnitPriceSet: bag(order, (currency) =>
      perUnit(ordered(currency).gross - own(currency, false), line),
    ),
    discountedUnitPriceAfterAllDiscountsSet: bag(order, (currency) => perUnit(ordered(currency).net, line)),
    priceAfterAllDiscountsBeforeTaxesSet: bag(
      order,
      (currency) => now(currency).net - (order.taxesIncluded ? now(currency).tax : 0),
    ),
    totalDiscountSet: bag(order, (currency) => own(currency, true)),
    unfulfilledDiscountedTotalSet: bag(order, (currency) => (shipped ? 0 : now(currency).net)),
    unfulfilledOriginalTotalSet: bag(order, (currency) => (shipped ? 0 : now(currency).gross)),
    discountAllocations: line.allocations.map((allocation) => allocationNode(order, allocation)),
    taxLines: line.taxed ? taxLines(order, (currency) => ordered(currency).tax) : [],
  }
}

function perUnit(cents: number, line: Line): number {
  return line.quantity === 0 ? 0 : roundHalfUp(cents / line.quantity)
}

export function shippingNode(order: Order, shipping: Shipping) {
  return {
    __typename: 'ShippingLine',
    id: gid('ShippingLine', shipping.id),
    title: shipping.title,
    code: shipping.title,
    carrierIdentifier: null,
    source: 'shopify',
    phone: null,
    custom: false,
    isRemoved: false,
    originalPriceSet: bag(order, (currency) => inCurrency(order, currency, shipping.price)),
    discountedPriceSet: bag(order, (currency) => shippingAmounts(order, shipping, currency, 'ordered').net),
    currentDiscountedPriceSet: bag(
      order,
      (currency) => shippingAmounts(order, shipping, currency, 'current').net,
    ),
    taxLines: shipping.taxed
      ? taxLines(order, (currency) => shippingAmounts(order, shipping, currency, 'ordered').tax)
      : [],
    discountAllocations: shipping.allocations.map((allocation) => allocationNode(order, allocation)),
  }
}

/** One rate an order; none where the customer pays no tax. */
export function taxLines(order: Order, taxIn: (currency: Currency) => number) {
  if (order.taxExempt) return []
  return [
    {
      title: order.taxTitle,
      rate: order.taxRate,
      ratePercentage: Number((order.taxRate * 100).toFixed(4)),
      source: 'Shopify',
      channelLiable: false,
      priceSet: bag(order, taxIn),
    },
  ]
}

const KINDS = {
  code: 'DiscountCodeApplication',
  manual: 'ManualDiscountApplication',
  automatic: 'AutomaticDiscountApplication',
} as const

function allocationNode(order: Order, { discount: index, amount }: Allocation) {
  const discount = order.discounts[index]!
  return {
    allocatedAmountSet: bag(order, (currency) => inCurrency(order, currency, amount)),
    discountApplication: {
      __typename: KINDS[discount.kind],
      index,
      code: discount.title,
      title: discount.title,
      description: null,
      allocationMethod: discount.selection === 'ALL' ? 'ACROSS' : 'EACH',
      targetSelection: discount.selection,
      targetType: discount.target,
      value:
        'percentage' in discount.value
          ? { __typename: 'PricingPercentageValue', percentage: discount.value.percentage }
          : moneyNode(discount.value.cents, order.currency),
    },
  }
}
